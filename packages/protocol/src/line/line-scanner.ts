import type { Limits } from "../limits.js";
import { COMMA, ENDS_KEY, ENDS_MEASUREMENT, ENDS_VALUE, EQUALS, MINUS, NEWLINE } from "./bytes.js";
import { QUOTE, RETURN, SPACE, byteClass } from "./bytes.js";
import { int64Max, int64Min } from "./int64.js";
import { type LineSink, emptyToken } from "./line-sink.js";
import type { Precision } from "./point.js";
import { toNanoseconds } from "./precision.js";
import { parseInteger, parseScalar } from "./scalar.js";
import { textOf } from "./text.js";
import { TokenReader } from "./token-reader.js";

/**
 * Reads entries one after the other and tells a sink what stands in them. The only code that knows the grammar of
 * `line-protocol.ebnf`; what an entry means is up to the sink.
 */
export class LineScanner extends TokenReader {
  readonly #key = emptyToken();
  readonly #value = emptyToken();
  readonly #limits: Limits;
  readonly #precision: Precision;
  #entries = 0;

  constructor(input: Uint8Array, limits: Limits, precision: Precision, replacements: Uint8Array) {
    super(input, replacements);
    this.#limits = limits;
    this.#precision = precision;
  }

  /** Reads the next entry. False at the end of the input. A faulty entry has `errorCode` set. */
  next(sink: LineSink): boolean {
    this.errorCode = undefined;
    this.scratchUsed = 0;
    if (this.position === 0 && this.input.length > this.#limits.messageBytes) {
      this.#stop("message_too_large", this.#limits.messageBytes);
      return true;
    }
    const fine = this.skipBlankLines();
    if (this.position === this.input.length && fine) {
      return false;
    }
    if (++this.#entries > this.#limits.lines) {
      this.#stop("too_many_lines", this.position);
      return true;
    }
    sink.entry();
    if (!(fine && this.#measurement(sink) && this.#tags(sink) && this.#fields(sink))) {
      this.resynchronise();
    }
    return true;
  }

  #stop(code: "message_too_large" | "too_many_lines", offset: number): void {
    this.fail(code, offset);
    this.position = this.entryEnd = this.input.length;
  }

  #measurement(sink: LineSink): boolean {
    const name = this.#key;
    if (!this.token(name, ENDS_MEASUREMENT)) {
      return false;
    }
    if (name.start === name.end) {
      return this.fail("missing_measurement", this.position);
    }
    sink.measurement(name);
    return true;
  }

  #tags(sink: LineSink): boolean {
    const { input } = this;
    for (let count = 1; input[this.position] === COMMA; count++) {
      this.position++;
      const start = this.position;
      if (!this.token(this.#key, ENDS_KEY)) {
        return false;
      }
      if (this.#key.end === start || input[this.position] !== EQUALS) {
        return this.fail("invalid_tag_key", this.position);
      }
      this.position++;
      if (!this.token(this.#value, ENDS_KEY)) {
        return false;
      }
      if (this.#value.start === this.#value.end) {
        return this.fail("missing_tag_value", this.position);
      }
      if (count > this.#limits.tags) {
        return this.fail("too_many_tags", start);
      }
      sink.tag(this.#key, this.#value);
    }
    if (input[this.position] !== SPACE) {
      return this.fail("invalid_tag_key", this.position);
    }
    return true;
  }

  #fields(sink: LineSink): boolean {
    const { input } = this;
    this.#skipSpaces();
    for (let count = 1; ; count++) {
      const start = this.position;
      if (!this.token(this.#key, ENDS_KEY)) {
        return false;
      }
      if (this.#key.end === start || input[this.position] !== EQUALS) {
        return this.fail("invalid_field_key", this.position);
      }
      if (count > this.#limits.fields) {
        return this.fail("too_many_fields", start);
      }
      this.position++;
      if (!this.#fieldValue(sink)) {
        return false;
      }
      if (input[this.position] !== COMMA) {
        return this.#afterFields(sink);
      }
      this.position++;
    }
  }

  #fieldValue(sink: LineSink): boolean {
    const { input } = this;
    const start = this.position;
    const first = input[start];
    if (first === undefined) {
      return this.fail("missing_field_value", start);
    }
    if (first === QUOTE) {
      this.position++;
      if (!this.string(this.#value)) {
        return false;
      }
      sink.stringField(this.#key, this.#value, start + 1);
      return true;
    }
    if (!startsScalar(first)) {
      return this.fail("invalid_field_value", start);
    }
    while (this.position < input.length && !endsValue(input[this.position] as number)) {
      this.position++;
    }
    const value = parseScalar(textOf(input, start, this.position));
    if (typeof value === "string") {
      return this.fail(value, start);
    }
    sink.field(this.#key, value);
    return true;
  }

  #afterFields(sink: LineSink): boolean {
    const next = this.input[this.position];
    if (next !== undefined && next !== SPACE && next !== NEWLINE && next !== RETURN) {
      return this.fail("unexpected_character", this.position);
    }
    this.#skipSpaces();
    return this.takeLineEnd() || this.#timestamp(sink);
  }

  #timestamp(sink: LineSink): boolean {
    const { input } = this;
    const start = this.position;
    while (isTimeByte(input[this.position])) {
      this.position++;
    }
    const end = this.position;
    const next = input[end];
    if (next !== undefined && next !== SPACE && next !== NEWLINE && next !== RETURN) {
      return this.fail("invalid_timestamp", start);
    }
    const units = parseInteger(textOf(input, start, end), int64Min, int64Max);
    if (typeof units === "string") {
      return this.fail(units === "invalid_number" ? "invalid_timestamp" : "timestamp_out_of_range", start);
    }
    const nanoseconds = toNanoseconds(units, this.#precision);
    if (nanoseconds === undefined) {
      return this.fail("timestamp_out_of_range", start);
    }
    sink.timestamp(nanoseconds);
    this.#skipSpaces();
    if (!this.takeLineEnd()) {
      return this.fail("text_after_timestamp", this.position);
    }
    return true;
  }

  #skipSpaces(): void {
    while (this.input[this.position] === SPACE) {
      this.position++;
    }
  }
}

function endsValue(byte: number): boolean {
  return ((byteClass[byte] as number) & ENDS_VALUE) !== 0;
}

function isTimeByte(byte: number | undefined): boolean {
  return byte === MINUS || (byte !== undefined && byte >= 48 && byte <= 57);
}

/** `-`, `.`, digits, and the first letters of the booleans. */
function startsScalar(byte: number): boolean {
  return isTimeByte(byte) || byte === 46 || (byte | 32) === 116 || (byte | 32) === 102;
}
