import { type MessageOutcome, type Precision, decodeLines, decodeMessage } from "@cc-ingest/protocol";
import { parseExactly } from "./exact-json.js";

/** A line as it was sent, its numbers exact. */
export interface InspectedLine {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The field `event`, as JSON where it is JSON: to be shown by `toJson`. */
  readonly event: unknown;
  readonly timestamp: bigint | undefined;
}

export type Fault = Extract<MessageOutcome, { kind: "rejected" }>;

export interface InspectedMessage {
  readonly lines: readonly InspectedLine[];
  /** Places in its bytes; empty when the lines are sound. */
  readonly faults: readonly Fault[];
}

/** What bytes say, and where they are at fault. `streamTime`: nanoseconds. */
export function inspectMessage(
  raw: Uint8Array,
  { precision, streamTime }: { readonly precision: Precision; readonly streamTime: bigint },
): InspectedMessage {
  const lines = [...decodeLines(raw, { precision, whitespaceEscapes: true })].flatMap((line) =>
    line.ok ? [inspectedLine(line.point)] : [],
  );
  const outcomes = [...decodeMessage(raw, { precision, streamTime })];
  return { lines, faults: outcomes.filter((outcome) => outcome.kind === "rejected") };
}

type Point = Extract<
  ReturnType<typeof decodeLines> extends Iterable<infer Line> ? Line : never,
  { ok: true }
>["point"];

function inspectedLine({ measurement, tags, fields, timestamp }: Point): InspectedLine {
  const event = fields.findLast(([key]) => key === "event")?.[1];
  const text = event?.kind === "string" ? event.value : undefined;
  return {
    measurement,
    tags: Object.fromEntries(tags),
    event: text === undefined ? undefined : (parseExactly(text) ?? text),
    timestamp,
  };
}
