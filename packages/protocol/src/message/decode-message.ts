import type { RejectCode } from "../codes.js";
import { JsonReader } from "../json/json-reader.js";
import type { JsonFault } from "../json/json-fault.js";
import { type Limits, withDefaults } from "../limits.js";
import { positionOf } from "../line/cursor.js";
import { lineErrorMessages } from "../line/line-errors.js";
import { LineScanner } from "../line/line-scanner.js";
import type { Precision } from "../line/point.js";
import { whitespaceEscapes } from "../line/string-escapes.js";
import { type TimeBounds, boundsAt, judgeTimestamp } from "../payload/times.js";
import { EventSink } from "./event-sink.js";
import { inputOffset } from "./input-offset.js";
import type { MessageOutcome } from "./outcome.js";
import { readPayload } from "./read-payload.js";

export interface MessageOptions {
  /** Unit of the line timestamps; default `ns`. */
  readonly precision?: Precision;
  /**
   * Nanoseconds: when the broker stored the message. Stands in for a missing timestamp, and times more than a day
   * ahead of it are refused.
   */
  readonly streamTime: bigint;
  readonly limits?: Partial<Limits>;
}

/**
 * Decodes a message of ClusterCockpit's NATS API, lazily: every line that is neither blank nor a comment gives
 * exactly one outcome. Bad data never throws; it is `rejected` with a code of `rejectCodes`.
 */
export function* decodeMessage(input: Uint8Array, options: MessageOptions): IterableIterator<MessageOutcome> {
  const limits = withDefaults(options.limits);
  const scanner = new LineScanner(input, limits, options.precision ?? "ns", whitespaceEscapes);
  const sink = new EventSink();
  const json = new JsonReader(limits);
  const bounds = boundsAt(options.streamTime);
  while (scanner.next(sink)) {
    const raw = input.subarray(scanner.lineStart, scanner.entryEnd);
    if (scanner.errorCode === undefined) {
      yield decodeEvent(input, scanner, sink, json, bounds, options.streamTime, raw);
    } else {
      const at = positionOf(input, scanner.line, scanner.lineStart, scanner.errorOffset);
      yield rejected(at, raw, scanner.errorCode, lineErrorMessages[scanner.errorCode]);
    }
  }
}

function decodeEvent(
  input: Uint8Array,
  scanner: LineScanner,
  sink: EventSink,
  json: JsonReader,
  bounds: TimeBounds,
  streamTime: bigint,
  raw: Uint8Array,
): MessageOutcome {
  const { line, lineStart } = scanner;
  const here = { line, column: 1 };
  const route = routeOf(sink);
  if ("code" in route) {
    return rejected(here, raw, route.code, route.message);
  }
  const eventTime = sink.time ?? streamTime;
  const time = sink.time === undefined ? undefined : judgeTimestamp(eventTime, bounds);
  if (time !== undefined) {
    return rejected(here, raw, time.code, time.message);
  }
  const payload = readPayload(route.kind, sink, json, bounds);
  if (payload.kind !== "fault") {
    return { ...payload, line, raw, eventTime };
  }
  const { code, message, path, offset } = payload.fault;
  const at = positionOf(input, line, lineStart, inputOffset(input, sink.offset, offset ?? 0));
  return rejected(at, raw, code, path === undefined ? message : `${path}: ${message}`, path);
}

function routeOf(
  sink: EventSink,
): { kind: "start_job" | "stop_job" | "nodestate" } | { code: RejectCode; message: string } {
  if (sink.measurementName === undefined) {
    return refusal("unsupported_measurement", `"${sink.otherMeasurement}" is neither job nor nodestate`);
  }
  const kind = sink.measurementName === "job" ? sink.functionName : "nodestate";
  if (kind === undefined) {
    return sink.otherFunction === undefined
      ? refusal("missing_function", "a job event needs the tag function=start_job or function=stop_job")
      : refusal("unknown_function", `function=${sink.otherFunction} is neither start_job nor stop_job`);
  }
  if (sink.event === "missing") {
    return refusal("missing_event", 'the line needs a string field: event="{…}"');
  }
  return sink.event === "string"
    ? { kind }
    : refusal("event_not_string", 'the field event must be a string: event="{…}"');
}

function refusal(code: RejectCode, message: string): { code: RejectCode; message: string } {
  return { code, message };
}

function rejected(
  at: { line: number; column: number },
  raw: Uint8Array,
  code: RejectCode,
  message: string,
  path?: JsonFault["path"],
): MessageOutcome {
  return { kind: "rejected", ...at, raw, code, message, path };
}
