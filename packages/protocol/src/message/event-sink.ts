import { checkJson } from "../json/check-json.js";
import type { Limits } from "../limits.js";
import { type LineSink, type Token, keyText, measurementText } from "../line/line-sink.js";
import { type Source, spells, wordOf } from "../line/source.js";
import type { TimeBounds } from "../payload/times.js";
import { type EventKind, type Payload, readPayload } from "./read-payload.js";

const JOB = wordOf("job");
const NODESTATE = wordOf("nodestate");
const FUNCTION = wordOf("function");
const START_JOB = wordOf("start_job");
const STOP_JOB = wordOf("stop_job");
const EVENT = wordOf("event");

/** Picks out of each line what makes it an event; the last of equal keys wins, as in the reference. */
export class EventSink implements LineSink {
  measurementName: "job" | "nodestate" | undefined;
  /** What the measurement is when it is not one of ours. */
  otherMeasurement = "";
  functionName: "start_job" | "stop_job" | undefined;
  /** What the function tag says when it is not one of ours; undefined without such a tag. */
  otherFunction: string | undefined;
  event: "missing" | "string" | "other" = "missing";
  /** Offset of the event's string in the input. */
  offset = 0;
  /** Undefined as long as it is unclear what kind of payload the event has. */
  payload: Payload | undefined;
  time: bigint | undefined;
  readonly #limits: Limits;
  readonly #bounds: TimeBounds;

  constructor(limits: Limits, bounds: TimeBounds) {
    this.#limits = limits;
    this.#bounds = bounds;
  }

  entry(): void {
    this.functionName = undefined;
    this.otherFunction = undefined;
    this.event = "missing";
    this.payload = undefined;
    this.time = undefined;
  }

  get kind(): EventKind | undefined {
    return this.measurementName === "job" ? this.functionName : this.measurementName;
  }

  measurement(name: Token, source: Source): void {
    const { start, end } = name;
    if (spells(source.bytes, start, end, JOB)) {
      this.measurementName = "job";
    } else if (spells(source.bytes, start, end, NODESTATE)) {
      this.measurementName = "nodestate";
    } else {
      this.measurementName = undefined;
      this.otherMeasurement = measurementText(name, source);
    }
  }

  tag(key: Token, value: Token, source: Source): void {
    const { bytes } = source;
    if (!spells(bytes, key.start, key.end, FUNCTION)) {
      return;
    }
    this.otherFunction = undefined;
    if (spells(bytes, value.start, value.end, START_JOB)) {
      this.functionName = "start_job";
    } else if (spells(bytes, value.start, value.end, STOP_JOB)) {
      this.functionName = "stop_job";
    } else {
      this.functionName = undefined;
      this.otherFunction = keyText(value, source);
    }
  }

  openString(key: Token, start: number, source: Source): number {
    if (!spells(source.bytes, key.start, key.end, EVENT)) {
      return -1;
    }
    this.#read(start, source);
    return this.payload === undefined || this.payload.kind === "fault" ? -1 : this.payload.end;
  }

  stringField(key: Token, start: number, value: string, source: Source): void {
    if (!spells(source.bytes, key.start, key.end, EVENT)) {
      return;
    }
    this.#read(start, source);
    if (this.payload?.kind === "fault") {
      const { fault } = this.payload;
      const deeper = checkJson(value, this.#limits.jsonDepth);
      // The reader knows the place better, so its word stands where both say the same.
      this.payload =
        deeper === undefined || deeper.code === fault.code ? this.payload : { kind: "fault", fault: deeper };
    }
  }

  #read(start: number, source: Source): void {
    const { kind } = this;
    this.event = "string";
    this.offset = start;
    this.payload =
      kind === undefined ? undefined : readPayload(kind, source, start, this.#limits, this.#bounds);
  }

  field(key: Token, _value: unknown, source: Source): void {
    if (spells(source.bytes, key.start, key.end, EVENT)) {
      this.event = "other";
    }
  }

  timestamp(value: bigint): void {
    this.time = value;
  }
}
