import type { LineSink, Token } from "../line/line-sink.js";
import { spells } from "../line/text.js";
import { keyText, measurementText } from "../line/token-text.js";

/** Picks out of each line what makes it an event; the last of equal keys wins, as in the reference. */
export class EventSink implements LineSink {
  measurementName: "job" | "nodestate" | undefined;
  /** What the measurement is when it is not one of ours. */
  otherMeasurement = "";
  functionName: "start_job" | "stop_job" | undefined;
  /** What the function tag says when it is not one of ours; undefined without such a tag. */
  otherFunction: string | undefined;
  /** The payload, unescaped: `bytes[start, end)`; valid until the next entry. */
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  event: "missing" | "string" | "other" = "missing";
  /** Offset of the payload in the input. */
  offset = 0;
  time: bigint | undefined;

  entry(): void {
    this.functionName = undefined;
    this.otherFunction = undefined;
    this.event = "missing";
    this.time = undefined;
  }

  measurement(name: Token): void {
    const { bytes, start, end } = name;
    if (spells(bytes, start, end, "job")) {
      this.measurementName = "job";
    } else if (spells(bytes, start, end, "nodestate")) {
      this.measurementName = "nodestate";
    } else {
      this.measurementName = undefined;
      this.otherMeasurement = measurementText(name);
    }
  }

  tag(key: Token, value: Token): void {
    if (!spells(key.bytes, key.start, key.end, "function")) {
      return;
    }
    const { bytes, start, end } = value;
    this.otherFunction = undefined;
    if (spells(bytes, start, end, "start_job")) {
      this.functionName = "start_job";
    } else if (spells(bytes, start, end, "stop_job")) {
      this.functionName = "stop_job";
    } else {
      this.functionName = undefined;
      this.otherFunction = keyText(value);
    }
  }

  stringField(key: Token, value: Token, offset: number): void {
    if (spells(key.bytes, key.start, key.end, "event")) {
      this.bytes = value.bytes;
      this.start = value.start;
      this.end = value.end;
      this.event = "string";
      this.offset = offset;
    }
  }

  field(key: Token): void {
    if (spells(key.bytes, key.start, key.end, "event")) {
      this.event = "other";
    }
  }

  timestamp(value: bigint): void {
    this.time = value;
  }
}
