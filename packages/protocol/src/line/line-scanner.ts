import type { Limits } from "../limits.js";
import { COMMA, ENDS_KEY, ENDS_MEASUREMENT, ENDS_VALUE, EQUALS, MINUS, NEWLINE, NOTHING } from "./bytes.js";
import { QUOTE, RETURN, SPACE, byteClass } from "./bytes.js";
import { int64Max, int64Min } from "./int64.js";
import { type LineSink, emptyToken } from "./line-sink.js";
import type { Precision } from "./point.js";
import { toNanoseconds } from "./precision.js";
import { parseInteger, parseScalar } from "./scalar.js";
import { TokenReader } from "./token-reader.js";
import type { StringEscapes } from "./unescape.js";

/** Shared by all scanners: a token lives only as long as the call of the sink that is told of it. */
const key = emptyToken();
const tagValue = emptyToken();

/**
 * Reads entries one after the other and tells a sink what stands in them. The only code that knows the grammar of
 * `line-protocol.ebnf`; what an entry means is up to the sink.
 */
export class LineScanner extends TokenReader {
  readonly #limits: Limits;
  readonly #precision: Precision;
  #entries = 0;

  constructor(input: Uint8Array, limits: Limits, precision: Precision, escapes: StringEscapes) {
    super(input, escapes);
    this.#limits = limits;
    this.#precision = precision;
  }

  /** Reads the next entry. False at the end of the input. A faulty entry has `errorCode` set. */
  next(sink: LineSink): boolean {
    this.errorCode = undefined;
    const fine = this.skipBlankLines();
    if (this.position === this.input.length && fine) {
      return false;
    }
    if (++this.#entries > this.#limits.lines) {
      this.fail("too_many_lines", this.position);
      this.position = this.entryEnd = this.input.length;
      return true;
    }
    sink.entry();
    if (!(fine && this.#measurement(sink) && this.#tags(sink) && this.#fields(sink))) {
      this.resynchronise();
    }
    return true;
  }

  #measurement(sink: LineSink): boolean {
    if (!this.token(key, ENDS_MEASUREMENT)) {
      return false;
    }
    if (key.start === key.end) {
      return this.fail("missing_measurement", this.position);
    }
    sink.measurement(key, this.source);
    return true;
  }

  #tags(sink: LineSink): boolean {
    for (let count = 1; this.at(this.position) === COMMA; count++) {
      this.position++;
      const start = this.position;
      if (!this.token(key, ENDS_KEY)) {
        return false;
      }
      if (key.end === start || this.at(this.position) !== EQUALS) {
        return this.fail("invalid_tag_key", this.position);
      }
      this.position++;
      if (!this.token(tagValue, ENDS_KEY)) {
        return false;
      }
      if (tagValue.start === tagValue.end) {
        return this.fail("missing_tag_value", this.position);
      }
      if (count > this.#limits.tags) {
        return this.fail("too_many_tags", start);
      }
      sink.tag(key, tagValue, this.source);
    }
    if (this.at(this.position) !== SPACE) {
      return this.fail("invalid_tag_key", this.position);
    }
    return true;
  }

  #fields(sink: LineSink): boolean {
    this.skipSpaces();
    for (let count = 1; ; count++) {
      const start = this.position;
      if (!this.token(key, ENDS_KEY)) {
        return false;
      }
      if (key.end === start || this.at(this.position) !== EQUALS) {
        return this.fail("invalid_field_key", this.position);
      }
      if (count > this.#limits.fields) {
        return this.fail("too_many_fields", start);
      }
      this.position++;
      if (!this.#fieldValue(sink)) {
        return false;
      }
      if (this.at(this.position) !== COMMA) {
        return this.#afterFields(sink);
      }
      this.position++;
    }
  }

  #fieldValue(sink: LineSink): boolean {
    const start = this.position;
    const first = this.at(start);
    if (first === NOTHING) {
      return this.fail("missing_field_value", start);
    }
    if (first === QUOTE) {
      return this.#stringField(sink, start + 1);
    }
    if (!startsScalar(first)) {
      return this.fail("invalid_field_value", start);
    }
    let end = start + 1;
    while (end < this.input.length && !endsValue(this.input[end] as number)) {
      end++;
    }
    this.position = end;
    const value = parseScalar(this.source, start, end);
    if (typeof value === "string") {
      return this.fail(value, start);
    }
    sink.field(key, value, this.source);
    return true;
  }

  #stringField(sink: LineSink, start: number): boolean {
    const { source } = this;
    const end = source.mayBeInvalid ? -1 : sink.openString(key, start, source);
    if (end >= 0) {
      this.position = end + 1;
      return true;
    }
    this.position = start;
    const value = this.string();
    if (value === undefined) {
      return false;
    }
    sink.stringField(key, start, value, source);
    return true;
  }

  #afterFields(sink: LineSink): boolean {
    const next = this.at(this.position);
    if (next !== NOTHING && next !== SPACE && next !== NEWLINE && next !== RETURN) {
      return this.fail("unexpected_character", this.position);
    }
    this.skipSpaces();
    return this.takeLineEnd() || this.#timestamp(sink);
  }

  #timestamp(sink: LineSink): boolean {
    const { input } = this;
    const start = this.position;
    let end = start;
    while (end < input.length && isTimeByte(input[end] as number)) {
      end++;
    }
    this.position = end;
    const next = this.at(end);
    if (next !== NOTHING && next !== SPACE && next !== NEWLINE && next !== RETURN) {
      return this.fail("invalid_timestamp", start);
    }
    const units = parseInteger(input, start, end, int64Min, int64Max);
    if (typeof units === "string") {
      return this.fail(units === "invalid_number" ? "invalid_timestamp" : "timestamp_out_of_range", start);
    }
    const nanoseconds = toNanoseconds(units, this.#precision);
    if (nanoseconds === undefined) {
      return this.fail("timestamp_out_of_range", start);
    }
    sink.timestamp(nanoseconds);
    this.skipSpaces();
    if (!this.takeLineEnd()) {
      return this.fail("text_after_timestamp", this.position);
    }
    return true;
  }
}

function endsValue(byte: number): boolean {
  return ((byteClass[byte] as number) & ENDS_VALUE) !== 0;
}

function isTimeByte(byte: number): boolean {
  return byte === MINUS || (byte >= 48 && byte <= 57);
}

/** `-`, `.`, digits, and the first letters of the booleans. */
function startsScalar(byte: number): boolean {
  return isTimeByte(byte) || byte === 46 || (byte | 32) === 116 || (byte | 32) === 102;
}
