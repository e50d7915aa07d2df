import { checkJson } from "../json/check-json.js";
import type { JsonFault } from "../json/json-fault.js";
import type { JsonReader } from "../json/json-reader.js";
import { type NodeStates, readNodeStates } from "../payload/node-states.js";
import { readStartJob } from "../payload/read-start-job.js";
import type { StartJob } from "../payload/start-job.js";
import { type StopJob, readStopJob } from "../payload/stop-job.js";
import type { TimeBounds } from "../payload/times.js";
import type { EventSink } from "./event-sink.js";

type Payload =
  | { kind: "start_job"; job: StartJob }
  | { kind: "stop_job"; stop: StopJob }
  | { kind: "nodestate"; nodes: NodeStates }
  | { kind: "fault"; fault: JsonFault };

export function readPayload(
  kind: "start_job" | "stop_job" | "nodestate",
  event: EventSink,
  json: JsonReader,
  bounds: TimeBounds,
): Payload {
  const { bytes, start, end } = terminated(event);
  json.start(bytes, start, end);
  const payload = read(kind, json, bounds);
  const fault = json.finish();
  if (fault === undefined) {
    return payload;
  }
  const deeper = checkJson(bytes, start, end, json.limits.jsonDepth);
  // The reader knows the place better, so its word stands where both say the same.
  return { kind: "fault", fault: deeper === undefined || deeper.code === fault.code ? fault : deeper };
}

/** The payload with a 0 behind it, which strings without escapes lack: they stand in the input itself. */
function terminated(event: EventSink): { bytes: Uint8Array; start: number; end: number } {
  const { bytes, start, end } = event;
  if (bytes[end] === 0) {
    return event;
  }
  const copy = new Uint8Array(end - start + 1);
  copy.set(bytes.subarray(start, end));
  return { bytes: copy, start: 0, end: end - start };
}

function read(kind: "start_job" | "stop_job" | "nodestate", json: JsonReader, bounds: TimeBounds): Payload {
  if (kind === "start_job") {
    return { kind, job: readStartJob(json, bounds) };
  }
  return kind === "stop_job"
    ? { kind, stop: readStopJob(json, bounds) }
    : { kind, nodes: readNodeStates(json) };
}
