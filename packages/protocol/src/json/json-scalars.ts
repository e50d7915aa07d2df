import { int64Max, int64Min } from "../line/int64.js";
import { JsonText, QUOTE } from "./json-text.js";
import { isDigit } from "./plain-integers.js";

const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const NINE = 57;

const encoder = new TextEncoder();

/** Reads strings and numbers. Each method returns `current` for null, as Go's encoding/json keeps what was there. */
export abstract class JsonScalars extends JsonText {
  /** Where the last integer began. */
  #valueStart = 0;

  /** A string of at most `maxBytes` UTF-8 bytes. */
  text(current: string, maxBytes = Infinity): string {
    if (!this.atQuote()) {
      if (!this.takeNull()) {
        this.wrongType("a string");
      }
      return current;
    }
    const start = this.position;
    const value = this.string();
    if (value === undefined) {
      return current;
    }
    if (exceeds(value, maxBytes)) {
      this.fail("string_too_long", `longer than ${maxBytes} bytes`, start);
      return current;
    }
    return value;
  }

  /** An int64, exact. */
  int64(current: bigint): bigint {
    const value = this.#integer();
    return value === undefined ? current : BigInt(value);
  }

  /** An int64 as a number, which is exact below 2^53: for times, which are bounded far below that. */
  int64AsNumber(current: number): number {
    const value = this.#integer();
    return value === undefined ? current : Number(value);
  }

  /** An integer within bounds that a double holds exactly. */
  integer(current: number, min: number, max: number): number {
    const value = this.#integer();
    if (value === undefined) {
      return current;
    }
    if (value < min || value > max) {
      this.fail("out_of_range", `${value} is not between ${min} and ${max}`, this.#valueStart);
      return current;
    }
    return Number(value);
  }

  int32(current: number): number {
    return this.integer(current, -2147483648, 2147483647);
  }

  /** Any finite number. */
  number(current: number): number {
    this.peek();
    const start = this.position;
    const end = this.#numberEnd();
    if (end === undefined) {
      return current;
    }
    const value = Number(this.source.slice(start, end));
    if (!Number.isFinite(value)) {
      this.fail("out_of_range", "the number leaves the range of float64", start);
      return current;
    }
    return value;
  }

  protected peekNull(): boolean {
    const byte = this.peek();
    const { bytes, position } = this;
    return (
      byte === 110 &&
      bytes[position + 1] === 117 &&
      bytes[position + 2] === 108 &&
      bytes[position + 3] === 108
    );
  }

  protected takeNull(): boolean {
    if (this.peekNull()) {
      this.position += 4;
      return true;
    }
    return false;
  }

  /** The value at hand is not what is expected; when it is no JSON value at all, that comes first. */
  protected wrongType(expected: string): false {
    const kind = kindOf(this.peek());
    return kind === undefined
      ? this.syntax(`expected ${expected}`)
      : this.fail("wrong_type", `expected ${expected}, found ${kind}`, this.position);
  }

  /** An int64: a number when it is surely exact as one. */
  #integer(): number | bigint | undefined {
    const { bytes } = this;
    let byte = this.peek();
    const start = (this.#valueStart = this.position);
    const negative = byte === MINUS;
    if (negative) {
      byte = bytes[start + 1] as number;
    }
    const digits = negative ? start + 1 : start;
    let i = digits;
    let value = 0;
    while (byte >= ZERO && byte <= NINE) {
      value = value * 10 + (byte - ZERO);
      byte = bytes[++i] as number;
    }
    const count = i - digits;
    if (count > 0 && count <= 15 && (count === 1 || bytes[digits] !== ZERO) && !isFraction(byte)) {
      this.position = i;
      return negative ? -value || 0 : value;
    }
    return this.#unusualInteger(start);
  }

  #unusualInteger(start: number): bigint | undefined {
    const end = this.#numberEnd();
    if (end === undefined) {
      return undefined;
    }
    const text = this.source.slice(start, end);
    const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
    if (!/^-?\d+$/.test(text)) {
      this.fail("wrong_type", `expected an integer without fraction or exponent, found ${shown}`, start);
      return undefined;
    }
    // A JSON integer has no leading zeros, so anything longer is out of range.
    const value = text.length > 20 ? undefined : BigInt(text);
    if (value === undefined || value < int64Min || value > int64Max) {
      this.fail("out_of_range", `${shown} leaves the range of int64`, start);
      return undefined;
    }
    return value;
  }

  /** Steps over a number and returns its end; for null and faults undefined. */
  #numberEnd(): number | undefined {
    if (this.takeNull()) {
      return undefined;
    }
    const first = this.peek();
    if (first !== MINUS && !isDigit(first)) {
      this.wrongType("a number");
      return undefined;
    }
    const { bytes } = this;
    const whole = first === MINUS ? this.position + 1 : this.position;
    let i = this.#digits(whole);
    if (i === whole || (bytes[whole] === ZERO && i > whole + 1)) {
      return this.#badNumber(whole);
    }
    if (bytes[i] === DOT) {
      const part = i + 1;
      i = this.#digits(part);
      if (i === part) {
        return this.#badNumber(i);
      }
    }
    if (((bytes[i] ?? 0) | 32) === 101) {
      const exponent = bytes[i + 1] === MINUS || bytes[i + 1] === 43 ? i + 2 : i + 1;
      i = this.#digits(exponent);
      if (i === exponent) {
        return this.#badNumber(i);
      }
    }
    this.position = i;
    return i;
  }

  #digits(from: number): number {
    let i = from;
    while (isDigit(this.bytes[i] as number)) {
      i++;
    }
    return i;
  }

  #badNumber(offset: number): undefined {
    this.fail("json_syntax", "not a JSON number", offset);
  }
}

function isFraction(byte: number): boolean {
  return byte === DOT || (byte | 32) === 101;
}

/** Three bytes is the most a code unit takes, so short strings need no counting. */
function exceeds(text: string, maxBytes: number): boolean {
  return text.length * 3 > maxBytes && (text.length > maxBytes || encoder.encode(text).length > maxBytes);
}

function kindOf(byte: number): string | undefined {
  switch (byte) {
    case QUOTE:
      return "a string";
    case 123:
      return "an object";
    case 91:
      return "an array";
    case 116:
    case 102:
      return "a boolean";
    default:
      return byte === MINUS || isDigit(byte) ? "a number" : undefined;
  }
}
