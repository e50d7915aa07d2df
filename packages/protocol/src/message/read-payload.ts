import { JsonReader } from "../json/json-reader.js";
import type { JsonFault } from "../json/json-fault.js";
import type { Limits } from "../limits.js";
import type { Source } from "../line/source.js";
import { type NodeStates, readNodeStates } from "../payload/node-states.js";
import { readStartJob } from "../payload/read-start-job.js";
import type { StartJob } from "../payload/start-job.js";
import { type StopJob, readStopJob } from "../payload/stop-job.js";
import type { TimeBounds } from "../payload/times.js";

export type EventKind = "start_job" | "stop_job" | "nodestate";

export type Payload =
  | { kind: "start_job"; job: StartJob; end: number }
  | { kind: "stop_job"; stop: StopJob; end: number }
  | { kind: "nodestate"; nodes: NodeStates; end: number }
  | { kind: "fault"; fault: JsonFault };

/** One for all messages: what it holds counts only while a payload is read, and nothing else runs meanwhile. */
const json = new JsonReader();

/**
 * Reads the payload of an event from the string of line protocol it stands in, which begins at `start`. `end` is the
 * offset of the string's closing quote.
 */
export function readPayload(
  kind: EventKind,
  source: Source,
  start: number,
  limits: Limits,
  bounds: TimeBounds,
): Payload {
  json.start(source, start, limits);
  const payload = read(kind, bounds);
  payload.end = json.finish();
  return json.fault === undefined ? payload : { kind: "fault", fault: json.fault };
}

function read(kind: EventKind, bounds: TimeBounds): Exclude<Payload, { kind: "fault" }> {
  if (kind === "start_job") {
    return { kind, job: readStartJob(json, bounds), end: 0 };
  }
  return kind === "stop_job"
    ? { kind, stop: readStopJob(json, bounds), end: 0 }
    : { kind, nodes: readNodeStates(json), end: 0 };
}
