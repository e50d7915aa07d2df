import type { SimulatedMessage } from "@cc-ingest/simulation";

/** What was sent. */
export interface Totals {
  readonly messages: number;
  readonly bytes: number;
  readonly starts: number;
  readonly stops: number;
  readonly nodestates: number;
  /** Of the messages, those that were sent before. */
  readonly repeated: number;
  /** Malformed lines. */
  readonly badLines: number;
}

export const nothing: Totals = {
  messages: 0,
  bytes: 0,
  starts: 0,
  stops: 0,
  nodestates: 0,
  repeated: 0,
  badLines: 0,
};

export function add(totals: Totals, { kind, bytes, repeated, badLines }: SimulatedMessage): Totals {
  return {
    messages: totals.messages + 1,
    bytes: totals.bytes + bytes.length,
    starts: totals.starts + (kind === "start_job" ? 1 : 0),
    stops: totals.stops + (kind === "stop_job" ? 1 : 0),
    nodestates: totals.nodestates + (kind === "nodestate" ? 1 : 0),
    repeated: totals.repeated + (repeated ? 1 : 0),
    badLines: totals.badLines + badLines,
  };
}
