import type { LetterAction, StoredLetter } from "@cc-ingest/database";
import { isoTime } from "@cc-ingest/service";
import { CRASHES } from "../letters/answer.js";
import { Time } from "./format.js";
import { MessageView, type ShownMessage } from "./message.js";

export function LetterPage({
  letter,
  message,
  actions,
  mayWrite,
}: {
  readonly letter: StoredLetter;
  readonly message: ShownMessage;
  readonly actions: readonly LetterAction[];
  readonly mayWrite: boolean;
}) {
  const { id, status } = letter;
  return (
    <>
      {mayWrite && status !== "replayed" ? (
        <form action="/dead-letters/answer" class="answer">
          <input type="hidden" name="id" value={String(id)} />
          {letter.reason === CRASHES ? (
            <span>
              It has ended a service, and would end this console: replay it with{" "}
              <code>ccingest dead-letters replay</code>.
            </span>
          ) : (
            <button name="action" value="replay">
              Replay…
            </button>
          )}
          {status === "open" ? (
            <button name="action" value="discard" class="danger">
              Discard…
            </button>
          ) : null}
        </form>
      ) : null}
      <div class="columns">
        <section class="panel">
          <h2>What it is</h2>
          <Facts letter={letter} />
        </section>
        <section class="panel">
          <h2>Audit trail</h2>
          <Trail actions={actions} />
        </section>
      </div>
      <MessageView message={message} rawAddress={`/dead-letters/${id}/raw`} />
    </>
  );
}

function Facts({ letter }: { readonly letter: StoredLetter }) {
  const { stream, streamSequence, lineNumber, jobId, cluster, sqlstate } = letter;
  return (
    <dl class="facts">
      <dt>Status</dt>
      <dd>{letter.status}</dd>
      <dt>Reason</dt>
      <dd>{sqlstate === undefined ? letter.reason : `${letter.reason}, SQLSTATE ${sqlstate}`}</dd>
      <dt>Because</dt>
      <dd>{letter.message}</dd>
      <dt>Received</dt>
      <dd>{isoTime(letter.receivedAt)}</dd>
      <dt>Message</dt>
      <dd>
        <a href={`/messages/${encodeURIComponent(stream)}/${streamSequence}`}>
          {stream} {streamSequence}
        </a>
        {lineNumber === 0 ? ", the whole message" : `, line ${lineNumber}`}
      </dd>
      <dt>Subject</dt>
      <dd>{letter.subject}</dd>
      <dt>About</dt>
      <dd>
        {jobId === undefined ? null : <a href={`/find?job=${jobId}`}>job {String(jobId)}</a>}{" "}
        {cluster === undefined ? null : `cluster ${cluster}`}
        {jobId === undefined && cluster === undefined ? "can't be read" : null}
      </dd>
      <dt>Refused by</dt>
      <dd>
        {letter.service} {letter.build}
      </dd>
    </dl>
  );
}

export function Trail({ actions }: { readonly actions: readonly LetterAction[] }) {
  if (actions.length === 0) return <p class="empty">Nobody has answered it yet.</p>;
  return (
    <ol class="moments">
      {actions.map(({ at, actor, databaseUser, action, outcome, reason, message, edited }) => (
        <li>
          <Time at={at.getTime() / 1_000} />
          <b>{actor}</b> (database user {databaseUser}): {action}
          {edited === undefined ? "" : " of other bytes"}, {outcome}
          {[reason, message].filter((text) => text !== undefined).map((text) => `, ${text}`)}
        </li>
      ))}
    </ol>
  );
}
