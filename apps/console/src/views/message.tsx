import { type InspectedMessage, isoTime, toJson } from "@cc-ingest/service";
import { bytes } from "./format.js";

/** More of a message than a person reads; all of it can be downloaded. */
const SHOWN = 64_000;
const BEFORE = 60;
const AFTER = 40;

export interface ShownMessage extends InspectedMessage {
  readonly raw: Uint8Array;
  readonly headers: Readonly<Record<string, readonly string[]>> | undefined;
}

/** What a message says, where it is at fault, its headers and its bytes. Numbers have all their digits. */
export function MessageView({
  message,
  rawAddress,
}: {
  readonly message: ShownMessage;
  readonly rawAddress: string;
}) {
  const { raw, headers, lines, faults } = message;
  const set = Object.entries(headers ?? {}).flatMap(([name, values]) =>
    values.map((value) => [name, value] as const),
  );
  return (
    <>
      {faults.length === 0 ? null : (
        <section aria-label="Faults">
          <h2>{faults.length === 1 ? "Fault" : "Faults"}</h2>
          {faults.map((fault) => (
            <>
              <p class="problem">
                line {fault.line}, column {fault.column}: {fault.message} ({fault.code})
              </p>
              <Place raw={raw} line={fault.line} column={fault.column} />
            </>
          ))}
        </section>
      )}
      {lines.map(({ measurement, tags, event, timestamp }) => (
        <section aria-label="Decoded line">
          <h2>
            Decoded: {measurement}
            {Object.entries(tags).map(([name, value]) => `,${name}=${value}`)}
          </h2>
          <p>
            {timestamp === undefined ? "It has no time of its own." : `Its own time: ${isoTime(timestamp)}`}
          </p>
          <pre tabindex={0}>{shortened(typeof event === "string" ? event : (toJson(event, 2) ?? ""))}</pre>
        </section>
      ))}
      <h2>Headers</h2>
      {set.length === 0 ? (
        <p class="empty">It has none.</p>
      ) : (
        <dl class="facts">
          {set.map(([name, value]) => (
            <>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </>
          ))}
        </dl>
      )}
      <h2>Raw, {bytes(raw.length)}</h2>
      <p>
        <a href={rawAddress} download>
          Download the bytes
        </a>
      </p>
      <pre tabindex={0} class="raw">
        {shortened(Buffer.from(raw).toString())}
      </pre>
    </>
  );
}

function shortened(text: string): string {
  const visible = text.replaceAll(/[^\P{Cc}\n\t]/gu, "\u{fffd}");
  return visible.length > SHOWN ? `${visible.slice(0, SHOWN)}…` : visible;
}

/** The bytes around a fault, which stands between the two parts. */
function Place({
  raw,
  line,
  column,
}: {
  readonly raw: Uint8Array;
  readonly line: number;
  readonly column: number;
}) {
  const text = Buffer.from(raw);
  let start = 0;
  for (let number = 1; number < line; number++) start = text.indexOf(10, start) + 1;
  const end = text.indexOf(10, start);
  const physical = text.subarray(start, end < 0 ? text.length : end);
  const at = Math.min(column - 1, physical.length);
  const part = (from: number, to: number): string =>
    shortened(physical.subarray(Math.max(0, from), to).toString());
  return (
    <pre class="place">
      {at > BEFORE ? "…" : ""}
      {part(at - BEFORE, at)}
      <mark>{part(at, at + 1) || "⏎"}</mark>
      {part(at + 1, at + AFTER)}
      {physical.length > at + AFTER ? "…" : ""}
    </pre>
  );
}
