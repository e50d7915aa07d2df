import type { RejectCode } from "../codes.js";
import { quoted } from "../excerpt.js";
import type { JsonFault } from "../json/json-fault.js";
import { type Limits, withDefaults } from "../limits.js";
import { positionOf } from "../line/cursor.js";
import { lineErrorMessages } from "../line/line-errors.js";
import { LineScanner } from "../line/line-scanner.js";
import type { Precision } from "../line/point.js";
import { whitespaceEscapes } from "../line/unescape.js";
import { type TimeBounds, boundsAt, judgeTimestamp } from "../payload/times.js";
import { EventSink } from "./event-sink.js";
import type { MessageOutcome } from "./outcome.js";
import type { Payload } from "./read-payload.js";

export interface MessageOptions {
  /** Unit of the line timestamps; default `ns`. */
  readonly precision?: Precision;
  /** Nanoseconds: when the broker stored the message. Stands in for a missing timestamp. */
  readonly streamTime: bigint;
  /** Seconds: times further ahead of `streamTime` are refused; default a day. */
  readonly maxAheadSeconds?: number | undefined;
  readonly limits?: Partial<Limits>;
}

/**
 * Decodes a message of ClusterCockpit's NATS API, lazily: every line that is neither blank nor a comment gives
 * exactly one outcome. The input must not change meanwhile. Bad data never throws; it is `rejected` with a code of `rejectCodes`.
 */
export function* decodeMessage(input: Uint8Array, options: MessageOptions): IterableIterator<MessageOutcome> {
  const limits = withDefaults(options.limits);
  if (input.length > limits.messageBytes) {
    const at = { line: 1, column: limits.messageBytes + 1 };
    yield rejected(at, input, "message_too_large", lineErrorMessages.message_too_large);
    return;
  }
  const scanner = new LineScanner(input, limits, options.precision ?? "ns", whitespaceEscapes);
  const bounds = boundsAt(options.streamTime, options.maxAheadSeconds);
  const sink = new EventSink(limits, bounds);
  while (scanner.next(sink)) {
    const raw = input.subarray(scanner.lineStart, scanner.entryEnd);
    if (scanner.errorCode === undefined) {
      yield decodeEvent(input, scanner, sink, bounds, options.streamTime, raw);
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
  bounds: TimeBounds,
  streamTime: bigint,
  raw: Uint8Array,
): MessageOutcome {
  const { line, lineStart } = scanner;
  const { payload, time } = sink;
  if (payload === undefined || sink.event !== "string") {
    const { code, message } = misrouted(sink);
    return rejected({ line, column: 1 }, raw, code, message);
  }
  const absurd = time === undefined ? undefined : judgeTimestamp(time, bounds);
  if (absurd !== undefined) {
    return rejected({ line, column: 1 }, raw, absurd.code, absurd.message);
  }
  if (payload.kind !== "fault") {
    return outcomeOf(payload, line, raw, time ?? streamTime);
  }
  const { code, message, path, offset } = payload.fault;
  const at = positionOf(input, line, lineStart, offset ?? sink.offset);
  return rejected(at, raw, code, path === undefined ? message : `${path}: ${message}`, path);
}

function outcomeOf(
  payload: Exclude<Payload, { kind: "fault" }>,
  line: number,
  raw: Uint8Array,
  eventTime: bigint,
): MessageOutcome {
  if (payload.kind === "start_job") {
    return { kind: "start_job", line, raw, eventTime, job: payload.job };
  }
  return payload.kind === "stop_job"
    ? { kind: "stop_job", line, raw, eventTime, stop: payload.stop }
    : { kind: "nodestate", line, raw, eventTime, nodes: payload.nodes };
}

/** Why a line has no payload that could be read. */
function misrouted(sink: EventSink): { code: RejectCode; message: string } {
  if (sink.measurementName === undefined) {
    const message = `the measurement ${quoted(sink.otherMeasurement)} is neither job nor nodestate`;
    return { code: "unsupported_measurement", message };
  }
  if (sink.otherFunction !== undefined && sink.kind === undefined) {
    const message = `the function ${quoted(sink.otherFunction)} is neither start_job nor stop_job`;
    return { code: "unknown_function", message };
  }
  if (sink.kind === undefined) {
    const message = "a job event needs the tag function=start_job or function=stop_job";
    return { code: "missing_function", message };
  }
  return sink.event === "missing"
    ? { code: "missing_event", message: 'the line needs a string field: event="{…}"' }
    : { code: "event_not_string", message: 'the field event must be a string: event="{…}"' };
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
