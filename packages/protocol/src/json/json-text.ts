import type { RejectCode } from "../codes.js";
import { int64Max, int64Min } from "../line/int64.js";
import { textOf } from "../line/text.js";
import type { JsonFault } from "./json-fault.js";

const SPACE = 32;
const QUOTE = 34;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const BACKSLASH = 92;

/** Reads the scalars of a JSON text and its white space. */
export abstract class JsonText {
  protected bytes: Uint8Array = new Uint8Array(1);
  protected position = 0;
  protected documentStart = 0;
  protected end = 0;
  fault: JsonFault | undefined;

  abstract fail(code: RejectCode, message: string, offset: number): void;

  /** A string of at most `maxBytes` UTF-8 bytes (as sent, escapes counted as written); `current` for null. */
  text(current: string, maxBytes = Infinity): string {
    if (this.peek() !== QUOTE) {
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
    if (this.position - start - 2 > maxBytes) {
      this.fail("string_too_long", `longer than ${maxBytes} bytes`, start);
      return current;
    }
    return value;
  }

  /** An int64, exact. */
  int64(current: bigint): bigint {
    const value = this.#integer();
    if (value === undefined) {
      return current;
    }
    return typeof value === "number" ? BigInt(value) : value;
  }

  /** An integer within bounds that a double holds exactly. */
  integer(current: number, min: number, max: number): number {
    this.peek();
    const start = this.position;
    const value = this.#integer();
    if (value === undefined) {
      return current;
    }
    if (value < min || value > max) {
      this.fail("out_of_range", `${value} is not between ${min} and ${max}`, start);
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
    const value = Number(textOf(this.bytes, start, end));
    if (!Number.isFinite(value)) {
      this.fail("out_of_range", "the number leaves the range of float64", start);
      return current;
    }
    return value;
  }

  /** Steps over white space and returns the byte at hand; 0 at the end. */
  protected peek(): number {
    let byte = this.bytes[this.position] as number;
    while (byte <= SPACE && (byte === SPACE || byte === 10 || byte === 13 || byte === 9)) {
      byte = this.bytes[++this.position] as number;
    }
    return byte;
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

  protected syntax(message: string): void {
    const found = this.position >= this.end ? "the end" : `byte 0x${this.bytes[this.position]?.toString(16)}`;
    this.fail("json_syntax", `${message}, found ${found}`, this.position);
  }

  /** The value at hand is not what is expected; when it is no JSON value at all, that comes first. */
  protected wrongType(expected: string): void {
    const kind = kindOf(this.peek());
    if (kind === undefined) {
      this.syntax(`expected ${expected}`);
    } else {
      this.fail("wrong_type", `expected ${expected}, found ${kind}`, this.position);
    }
  }

  /** The string at hand, whose opening quote has been seen. */
  protected string(): string | undefined {
    const { bytes } = this;
    const start = this.position + 1;
    let i = start;
    let byte = bytes[i] as number;
    while (byte !== QUOTE && byte !== BACKSLASH && byte >= SPACE) {
      byte = bytes[++i] as number;
    }
    if (byte === QUOTE) {
      this.position = i + 1;
      return textOf(bytes, start, i);
    }
    return this.#escapedString(start, i);
  }

  #escapedString(start: number, from: number): string | undefined {
    const { bytes } = this;
    let i = from;
    for (let byte = bytes[i] as number; byte !== QUOTE; byte = bytes[i] as number) {
      if (byte < SPACE) {
        this.#controlCharacter(i);
        return undefined;
      }
      i += byte === BACKSLASH && i + 1 < this.end ? 2 : 1;
    }
    this.position = i + 1;
    const value = parseString(textOf(bytes, start - 1, i + 1));
    if (value === undefined) {
      this.fail("json_syntax", "a string holds an unknown escape", start - 1);
    } else if (value.includes("\0")) {
      this.fail(
        "nul_character",
        "a string holds a NUL character, which the database cannot store",
        start - 1,
      );
    } else if (!value.isWellFormed()) {
      this.fail("lone_surrogate", "a string holds half a surrogate pair", start - 1);
    } else {
      return value;
    }
    return undefined;
  }

  #controlCharacter(offset: number): void {
    if (offset >= this.end) {
      this.fail("json_syntax", "a string has no closing quote", offset);
    } else if (this.bytes[offset] === 0) {
      this.fail("nul_character", "a string holds a NUL character, which the database cannot store", offset);
    } else {
      this.fail("json_syntax", "a string holds an unescaped control character", offset);
    }
  }

  /** An int64: a number when it is surely exact as one. */
  #integer(): number | bigint | undefined {
    const { bytes } = this;
    let byte = this.peek();
    const start = this.position;
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
    if (i - digits <= 15 && i > digits && (i - digits === 1 || bytes[digits] !== ZERO) && !isFraction(byte)) {
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
    const text = textOf(this.bytes, start, Math.min(end, start + 40));
    if (!/^-?\d+$/.test(text)) {
      this.fail("wrong_type", `expected an integer without fraction or exponent, found ${text}`, start);
      return undefined;
    }
    // A JSON integer has no leading zeros, so anything longer is out of range.
    const value = text.length > 20 ? undefined : BigInt(text);
    if (value === undefined || value < int64Min || value > int64Max) {
      this.fail("out_of_range", `${text} leaves the range of int64`, start);
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
    let i = first === MINUS ? this.position + 1 : this.position;
    const whole = i;
    i = this.#digits(i);
    if (i === whole || (this.bytes[whole] === ZERO && i > whole + 1)) {
      return this.#badNumber(whole);
    }
    if (this.bytes[i] === DOT) {
      const part = i + 1;
      i = this.#digits(part);
      if (i === part) {
        return this.#badNumber(i);
      }
    }
    if (((this.bytes[i] as number) | 32) === 101) {
      const sign = this.bytes[i + 1];
      const exponent = sign === MINUS || sign === 43 ? i + 2 : i + 1;
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
    return undefined;
  }
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

function isFraction(byte: number): boolean {
  return byte === DOT || (byte | 32) === 101;
}

/** The value of one string token: the engine's own parser knows the escapes best. */
function parseString(token: string): string | undefined {
  try {
    return JSON.parse(token) as string;
  } catch {
    return undefined;
  }
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
    case 110:
      return "null";
    default:
      return byte === MINUS || isDigit(byte) ? "a number" : undefined;
  }
}
