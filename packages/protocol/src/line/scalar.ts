import { int64Max, int64Min, uint64Max } from "./int64.js";
import { parseGoFloat } from "./go-float.js";
import type { FieldValue } from "./point.js";

export type ScalarError = "invalid_number" | "invalid_boolean" | "number_out_of_range";

const truths = new Set(["t", "T", "true", "True", "TRUE"]);
const lies = new Set(["f", "F", "false", "False", "FALSE"]);
const plainFloat = /^-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const integer = /^(-?)0*(\d+)$/;

/** The value of an unquoted field, given its whole text, by the reference's rules, which are those of Go's strconv. */
export function parseScalar(text: string): FieldValue | ScalarError {
  const first = text.charCodeAt(0) | 32;
  if (first === 116 || first === 102) {
    const value = truths.has(text);
    return value || lies.has(text) ? { kind: "boolean", value } : "invalid_boolean";
  }
  const digits = text.slice(0, -1);
  if (text.endsWith("i")) {
    const value = parseInteger(digits, int64Min, int64Max);
    return typeof value === "bigint" ? { kind: "integer", value } : value;
  }
  if (text.endsWith("u")) {
    const value = text.startsWith("-") ? "invalid_number" : parseInteger(digits, 0n, uint64Max);
    return typeof value === "bigint" ? { kind: "unsigned", value } : value;
  }
  return parseFloatField(text);
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
  text: string,
  min: bigint,
  max: bigint,
): bigint | "invalid_number" | "number_out_of_range" {
  const match = integer.exec(text);
  if (match === null) {
    return "invalid_number";
  }
  const digits = match[2] ?? "";
  // Nothing longer fits 64 bits, and making a bigint of a megabyte of digits would take seconds.
  if (digits.length > 20) {
    return "number_out_of_range";
  }
  // 15 digits are exact in a double, and a bigint is several times cheaper to make from a number than from text.
  const magnitude = digits.length <= 15 ? BigInt(Number(digits)) : BigInt(digits);
  const value = match[1] === "-" ? -magnitude : magnitude;
  return value < min || value > max ? "number_out_of_range" : value;
}
