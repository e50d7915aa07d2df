import type { JobDetail, LetterAction, LetterSummary, ParkedStop } from "@cc-ingest/database";
import { isoTime } from "@cc-ingest/service";
import type { FoundJob, FoundMessage } from "../find/find-job.js";
import { standings } from "../find/standing.js";
import { traceAddress } from "../find/trace-of.js";
import { Field } from "./controls.js";
import { count, Time } from "./format.js";
import { JobTable } from "./jobs.js";
import { Trail } from "./letter.js";

export function FindPage({
  asked,
  found,
  traceUrl,
}: {
  readonly asked: string | undefined;
  readonly found: FoundJob | undefined;
  readonly traceUrl: string | undefined;
}) {
  return (
    <>
      <form class="filter" action="/find" role="search" aria-label="Find a job">
        <Field name="job" label="Job number" value={asked} inputmode="numeric" />
        <button>Where is it?</button>
      </form>
      {found === undefined ? (
        <p>
          Gives the messages about a job in the stream, what was tried with them, and what became of them.
        </p>
      ) : (
        <>
          <Verdict found={found} />
          <Messages found={found} traceUrl={traceUrl} />
          {found.runs.length === 0 ? null : (
            <>
              <h2>2. Rows</h2>
              <JobTable jobs={found.runs} empty="" />
            </>
          )}
          <Parked parked={found.parked} />
          {found.letters.map(({ letter, actions }) => (
            <Letter letter={letter} actions={actions} />
          ))}
        </>
      )}
    </>
  );
}

function Verdict({ found: { runs, parked, letters, messages } }: { readonly found: FoundJob }) {
  const open = letters.filter(
    ({ letter }) => letter.status === "open" || letter.status === "replaying",
  ).length;
  const parts = [
    ...runs.map(told),
    ...(parked.length === 0
      ? []
      : [`${parked.length} of its stops ${parked.length === 1 ? "waits" : "wait"}`]),
    ...(open === 0
      ? []
      : [`${open} of its lines ${open === 1 ? "is an open dead letter" : "are open dead letters"}`]),
  ];
  if (parts.length > 0) return <p class="verdict">{parts.join(" · ")}</p>;
  if (letters.length > 0)
    return <p class="verdict">Its dead letters have been answered, and there is no row of it.</p>;
  if (messages.length > 0)
    return <p class="verdict">Its messages are in the stream, and have left no row yet.</p>;
  return <p class="verdict">Nothing is known of it.</p>;
}

function told({ cluster, state, stopSource }: JobDetail): string {
  const by = stopSource === null || stopSource === "event" ? "" : ` (${stopSource})`;
  return `${state} on ${cluster}${by}`;
}

function Messages({
  found: { messages, search, letters },
  traceUrl,
}: {
  readonly found: FoundJob;
  readonly traceUrl: string | undefined;
}) {
  const { looked, aimed, cutShort, problem } = search;
  return (
    <section aria-label="Messages">
      <h2>1. Messages and attempts</h2>
      {problem === undefined ? (
        <p class="soft">
          {count(looked)} messages were looked through,{" "}
          {aimed
            ? "around the times that are known of it"
            : "the newest of the stream, since no time is known of it"}
          {cutShort ? "; then it was given up: there may be more" : ""}.
        </p>
      ) : (
        <p class="problem">{problem}</p>
      )}
      {messages.length === 0 ? (
        <p class="empty">None was found: what is older than the stream keeps is gone from it.</p>
      ) : (
        <ol class="way">
          {messages.map((message) => (
            <MessageLine found={message} letters={letters} traceUrl={traceUrl} />
          ))}
        </ol>
      )}
    </section>
  );
}

type Answered = FoundJob["letters"][number];

function MessageLine({
  found,
  letters,
  traceUrl,
}: {
  readonly found: FoundMessage;
  readonly letters: readonly Answered[];
  readonly traceUrl: string | undefined;
}) {
  const { message, lines, trace } = found;
  const { stream, sequence, storedAt } = message;
  const own = letters.filter(({ letter }) => letter.stream === stream && letter.streamSequence === sequence);
  return (
    <li>
      <a href={`/messages/${encodeURIComponent(stream)}/${sequence}`}>
        {stream} {sequence}
      </a>
      , stored {isoTime(storedAt)}:{" "}
      {lines.map(({ text }) => text).join("; ") || "a line that can't be read as a job event"}
      <TraceLink trace={trace} traceUrl={traceUrl} />
      <Attempts found={found} letters={own} />
    </li>
  );
}

/** What the service did with a message, and then people with the lines of it that were refused. */
function Attempts({
  found: { standing, loneAttempts },
  letters,
}: {
  readonly found: FoundMessage;
  readonly letters: readonly Answered[];
}) {
  return (
    <ol class="attempts">
      {loneAttempts === 0 ? null : (
        <li>
          worked on alone {loneAttempts === 1 ? "once" : `${loneAttempts} times`}, without coming to an end
        </li>
      )}
      <li>{standings[standing]}</li>
      {letters.map(({ letter, actions }) => (
        <>
          <li>
            line {letter.lineNumber} refused as {letter.reason}: dead letter {String(letter.id)}
          </li>
          {actions.map(({ at, actor, action, outcome }) => (
            <li>
              <Time at={at.getTime() / 1_000} /> {action} by {actor}: {outcome}
            </li>
          ))}
        </>
      ))}
    </ol>
  );
}

export function TraceLink({
  trace,
  traceUrl,
}: {
  readonly trace: string | undefined;
  readonly traceUrl: string | undefined;
}) {
  if (trace === undefined) return null;
  const address = traceAddress(traceUrl, trace);
  return (
    <>
      {" · "}
      {address === undefined ? `trace ${trace}` : <a href={address}>trace {trace}</a>}
    </>
  );
}

function Parked({ parked }: { readonly parked: readonly ParkedStop[] }) {
  if (parked.length === 0) return null;
  return (
    <section aria-label="Parked stops">
      <h2>2. Stops that no run has taken</h2>
      <ul>
        {parked.map(({ stopTime, cluster, state, reason }) => (
          <li>
            <Time at={stopTime} /> {state}
            {cluster === null ? "" : ` on ${cluster}`}:{" "}
            {reason === "no_run" ? "its start has not come" : "another stop closed the run first"}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Letter({
  letter,
  actions,
}: {
  readonly letter: LetterSummary;
  readonly actions: readonly LetterAction[];
}) {
  return (
    <section aria-label={`Dead letter ${letter.id}`}>
      <h2>
        2. <a href={`/dead-letters/${letter.id}`}>Dead letter {String(letter.id)}</a>, {letter.status}
      </h2>
      <p>
        {letter.reason}: {letter.message}
      </p>
      <Trail actions={actions} />
    </section>
  );
}
