import { MINUS } from "./bytes.js";
import { int64Max, int64Min, uint64Max } from "./int64.js";
import { parseGoFloat } from "./go-float.js";
import type { FieldValue } from "./point.js";
import type { Source } from "./source.js";

export type ScalarError = "invalid_number" | "invalid_boolean" | "number_out_of_range";

const truths = new Set(["t", "T", "true", "True", "TRUE"]);
const lies = new Set(["f", "F", "false", "False", "FALSE"]);
const plainFloat = /^-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
/** With less in front of its last nine digits, a magnitude fits int64 and needs no comparison of bigints. */
const surelyInt64 = 9_223_372_036;
const ZERO = 48;
const SUFFIX_I = 105;
const SUFFIX_U = 117;

/** The value of the unquoted field at `[start, end)` by the reference's rules, which are those of Go's strconv. */
export function parseScalar(source: Source, start: number, end: number): FieldValue | ScalarError {
  const { bytes } = source;
  const first = (bytes[start] as number) | 32;
  if (first === 116 || first === 102) {
    const text = source.slice(start, end);
    const value = truths.has(text);
    return value || lies.has(text) ? { kind: "boolean", value } : "invalid_boolean";
  }
  const last = bytes[end - 1];
  if (last === SUFFIX_I) {
    const value = parseInteger(bytes, start, end - 1, int64Min, int64Max);
    return typeof value === "bigint" ? { kind: "integer", value } : value;
  }
  if (last === SUFFIX_U) {
    const value =
      bytes[start] === MINUS ? "invalid_number" : parseInteger(bytes, start, end - 1, 0n, uint64Max);
    return typeof value === "bigint" ? { kind: "unsigned", value } : value;
  }
  return parseFloatField(source.slice(start, end));
}

function parseFloatField(text: string): FieldValue | ScalarError {
  const value = plainFloat.test(text) ? Number(text) : parseGoFloat(text);
  if (value === undefined) {
    return "invalid_number";
  }
  return Number.isFinite(value) ? { kind: "float", value } : "number_out_of_range";
}

/** An exact decimal integer with an optional minus sign. */
export function parseInteger(
  bytes: Uint8Array,
  start: number,
  end: number,
  min: bigint,
  max: bigint,
): bigint | "invalid_number" | "number_out_of_range" {
  const negative = bytes[start] === MINUS;
  const digits = negative ? start + 1 : start;
  // In two halves that are exact as doubles: a bigint is several times cheaper to make from those than from text.
  const middle = Math.max(digits, end - 9);
  const high = decimal(bytes, digits, middle);
  const low = decimal(bytes, middle, end);
  if (high < 0 || low < 0 || digits >= end) {
    return "invalid_number";
  }
  // A sum this large came from more digits than are exact, and fits 64 bits no more.
  if (high > 1e12) {
    return "number_out_of_range";
  }
  const magnitude = high === 0 ? BigInt(low) : BigInt(high) * 1_000_000_000n + BigInt(low);
  const value = negative ? -magnitude : magnitude;
  if (high < surelyInt64) {
    return value;
  }
  return value < min || value > max ? "number_out_of_range" : value;
}

/** The number that the digits spell, exact below 2^53; negative infinity when one of the bytes is no digit. */
function decimal(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = (bytes[i] as number) - ZERO;
    if (digit < 0 || digit > 9) {
      return Number.NEGATIVE_INFINITY;
    }
    value = value * 10 + digit;
  }
  return value;
}
