import type { AnswerAction, Answered } from "../letters/answer.js";
import type { Viewer } from "../viewer.js";
import { count } from "./format.js";

const words = {
  replay: { verb: "Replay", would: "would be applied", done: "applied" },
  discard: { verb: "Discard", would: "would be discarded", done: "discarded" },
} as const;

/** What would happen, and for who may write the button that has it happen. `fields`: which ones, for the form. */
export function PreviewPage({
  action,
  preview,
  fields,
  viewer: { mayWrite, hindrance, csrf },
}: {
  readonly action: AnswerAction;
  readonly preview: Answered;
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly viewer: Viewer;
}) {
  const { would } = words[action];
  const { seen, done, refused, more } = preview;
  return (
    <>
      <p>
        This is a dry run: nothing has happened yet.{" "}
        {action === "replay"
          ? "It knows what the lines say and the cluster definitions, but has not asked the database."
          : ""}
      </p>
      <ul>
        <li>
          {count(done)} {would}
        </li>
        {refused.length === 0 ? null : <li>{count(refused.length)} would be refused again</li>}
        {more === 0 ? null : <li>{count(more)} more fit, which come after these</li>}
      </ul>
      <Refused refused={refused} />
      {seen === 0 ? <p class="empty">None of them can be answered like this.</p> : null}
      {mayWrite ? null : <p class="problem">It stays a dry run: {hindrance}.</p>}
      {seen > 0 && mayWrite ? (
        <Confirm action={action} seen={seen} fields={[...fields, ["limit", String(seen)], ["csrf", csrf]]} />
      ) : null}
      <Back />
    </>
  );
}

function Confirm({
  action,
  seen,
  fields,
}: {
  readonly action: AnswerAction;
  readonly seen: number;
  readonly fields: readonly (readonly [name: string, value: string])[];
}) {
  return (
    <form method="post" action="/dead-letters/answer" class="confirm">
      {[...fields, ["action", action]].map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      {action === "discard" ? (
        <label>
          Why, for the audit trail
          <input name="note" autocomplete="off" maxlength={500} />
        </label>
      ) : null}
      <button class={action === "discard" ? "danger" : "main"}>
        {words[action].verb} {count(seen)}
      </button>
    </form>
  );
}

/** `rest`: where to go on with those that were not reached. */
export function AnsweredPage({
  action,
  answered,
  who,
  rest,
}: {
  readonly action: AnswerAction;
  readonly answered: Answered;
  readonly who: string;
  readonly rest: string | undefined;
}) {
  const { done, refused, answered: others } = answered;
  return (
    <>
      <div role="status">
        <ul>
          <li>
            {count(done)} {words[action].done}
          </li>
          {refused.length === 0 ? null : <li>{count(refused.length)} refused again; they stay open</li>}
          {others === 0 ? null : <li>{count(others)} had been answered by somebody else meanwhile</li>}
        </ul>
        <p>The audit trail says that it was {who}.</p>
      </div>
      <Refused refused={refused} />
      {rest === undefined ? null : (
        <p>
          <a href={rest}>Go on with the next ones</a>
        </p>
      )}
      <Back />
    </>
  );
}

const SHOWN = 20;

function Refused({ refused }: Pick<Answered, "refused">) {
  if (refused.length === 0) return null;
  return (
    <div class="scroll" tabindex={0} role="region" aria-label="Refused again">
      <table>
        <thead>
          <tr>
            <th scope="col">Number</th>
            <th scope="col">Reason</th>
            <th scope="col">Because</th>
          </tr>
        </thead>
        <tbody>
          {refused.slice(0, SHOWN).map(({ id, reason, message }) => (
            <tr>
              <th scope="row">
                <a href={`/dead-letters/${id}`}>{String(id)}</a>
              </th>
              <td>{reason}</td>
              <td class="wide">{message}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {refused.length > SHOWN ? <p>… and {count(refused.length - SHOWN)} more</p> : null}
    </div>
  );
}

function Back() {
  return (
    <p>
      <a href="/dead-letters">Back to the dead letters</a>
    </p>
  );
}
