import type { Fault } from "../shared/show-fault.js";
import { type Limits, type Precision, decodeLines, decodeMessage } from "@cc-ingest/protocol";

/** One entry of the input: what it is for, and its bytes. */
export interface Entry {
  /** 1-based */
  readonly line: number;
  readonly kind: "job" | "nodestate" | "other";
  readonly bytes: Uint8Array;
}

/** A file may be larger than any one message. */
const wholeFile: Partial<Limits> = { messageBytes: Infinity, lines: Infinity };

/** The entries of a file, whatever they are worth. */
export function splitLines(input: Uint8Array): Entry[] {
  return [...decodeLines(input, { limits: wholeFile })].map(({ line, raw }) => ({
    line,
    bytes: raw,
    kind: kindOf(raw),
  }));
}

/** Every line that a service would refuse. `now`: nanoseconds. */
export function findFaults(input: Uint8Array, precision: Precision, now: bigint): Fault[] {
  const outcomes = decodeMessage(input, { precision, streamTime: now, limits: wholeFile });
  return [...outcomes].flatMap((outcome) => (outcome.kind === "rejected" ? [outcome] : []));
}

/** By its measurement: also for lines that are wrong further on. */
function kindOf(raw: Uint8Array): Entry["kind"] {
  const measurement = /^ *([^, ]*)/.exec(Buffer.from(raw.subarray(0, 64)).toString())?.[1];
  return measurement === "job" || measurement === "nodestate" ? measurement : "other";
}
