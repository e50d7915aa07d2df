import type { LetterSummary } from "@cc-ingest/database";
import { deadLetterReasons } from "@cc-ingest/service";
import { type LetterQuery, letterAddress, statuses } from "../letters/letter-query.js";
import { Field, Select } from "./controls.js";
import { bytes, count, Time } from "./format.js";
import { Paging } from "./jobs.js";

export function LettersPage({
  query,
  clusters,
  letters,
  fitting,
  mayWrite,
  newest,
  older,
}: {
  readonly query: LetterQuery;
  readonly clusters: readonly string[];
  readonly letters: readonly LetterSummary[];
  readonly fitting: number;
  readonly mayWrite: boolean;
  readonly newest: string | undefined;
  readonly older: string | undefined;
}) {
  const live = letterAddress("/dead-letters/live", query, { shown: letters[0]?.id.toString() });
  return (
    <>
      <form class="filter" action="/dead-letters" role="search" aria-label="Filter dead letters">
        <Select name="status" label="Status" value={query.status ?? "open"} options={statuses} />
        <Select name="reason" label="Reason" value={query.reason} options={deadLetterReasons} any="all" />
        <Select name="cluster" label="Cluster" value={query.cluster} options={clusters} any="all" />
        <Field name="job" label="Job number" value={query.job} inputmode="numeric" />
        <Field name="subject" label="Subject" value={query.subject} />
        <Field name="from" label="Received from" value={query.from} type="datetime-local" />
        <Field name="to" label="Received before" value={query.to} type="datetime-local" />
        <button>Filter</button>
        <a href="/dead-letters">Clear</a>
      </form>
      <p data-live={newest === undefined ? live : undefined} role="status">
        <Fitting fitting={fitting} newer={undefined} />
      </p>
      {letters.length === 0 ? (
        <p class="empty">None fits.</p>
      ) : (
        <form action="/dead-letters/answer">
          <LetterTable letters={letters} selectable={mayWrite} />
          {mayWrite ? <AnswerButtons query={query} fitting={fitting} /> : null}
        </form>
      )}
      <Paging newest={newest} older={older} />
    </>
  );
}

export function Fitting({
  fitting,
  newer,
}: {
  readonly fitting: number;
  readonly newer: string | undefined;
}) {
  return (
    <>
      {count(fitting)} {fitting === 1 ? "fits" : "fit"}.{" "}
      {newer === undefined ? null : <a href={newer}>New ones have come: show them</a>}
    </>
  );
}

function AnswerButtons({ query, fitting }: { readonly query: LetterQuery; readonly fitting: number }) {
  return (
    <p class="answer">
      With those chosen:
      <button name="action" value="replay">
        Replay…
      </button>
      <button name="action" value="discard" class="danger">
        Discard…
      </button>
      With all {count(fitting)} that fit:
      <a href={letterAddress("/dead-letters/answer", query, { action: "replay", all: "yes" })}>Replay…</a>
      <a href={letterAddress("/dead-letters/answer", query, { action: "discard", all: "yes" })}>Discard…</a>
    </p>
  );
}

export function LetterTable({
  letters,
  selectable = false,
}: {
  readonly letters: readonly LetterSummary[];
  readonly selectable?: boolean;
}) {
  return (
    <div class="scroll" tabindex={0} role="region" aria-label="Dead letters">
      <table>
        <thead>
          <tr>
            {selectable ? (
              <th scope="col">
                <span class="hidden">Chosen</span>
              </th>
            ) : null}
            {["Number", "Received", "Status", "Reason", "Because", "Cluster", "Job", "Message", "Size"].map(
              (name) => (
                <th scope="col">{name}</th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {letters.map((letter) => (
            <tr>
              {selectable ? (
                <td>
                  <input
                    type="checkbox"
                    name="id"
                    value={String(letter.id)}
                    aria-label={`choose ${letter.id}`}
                  />
                </td>
              ) : null}
              <th scope="row">
                <a href={`/dead-letters/${letter.id}`}>{String(letter.id)}</a>
              </th>
              <td>
                <Time at={Number(letter.receivedAt / 1_000_000_000n)} />
              </td>
              <td>{letter.status}</td>
              <td>{letter.reason}</td>
              <td class="wide">{letter.message}</td>
              <td>{letter.cluster}</td>
              <td>{letter.jobId === undefined ? "" : String(letter.jobId)}</td>
              <td>
                {letter.stream} {letter.streamSequence}
                {letter.lineNumber === 0 ? "" : `, line ${letter.lineNumber}`}
              </td>
              <td class="number">{bytes(letter.size)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
