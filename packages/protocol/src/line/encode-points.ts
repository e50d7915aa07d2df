import type { EncodeErrorCode } from "../codes.js";
import { quoted } from "../excerpt.js";
import { formatGoFloat } from "./go-float.js";
import { isInt64, uint64Max } from "./int64.js";
import type { FieldValue, Point, Precision } from "./point.js";
import { nanosecondsPer } from "./precision.js";
import { compareUtf8 } from "./utf8.js";

export type EncodeResult =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly code: EncodeErrorCode; readonly message: string };

export interface EncodeOptions {
  /** Unit the timestamps are written in, cut off toward zero; default (and `auto`): `ns`. */
  readonly precision?: Precision;
}

type Refusal = { readonly code: EncodeErrorCode; readonly message: string };

const encoder = new TextEncoder();
/** Control characters, DEL, and a last backslash: the decoder could not give them back. */
// oxlint-disable-next-line no-control-regex
const unwritable = /[\u0000-\u001f\u007f]|\\$/;

/**
 * Encodes points, one line each, a newline between lines and none at the end. Tags are sorted by key; fields keep
 * their order. What the decoder would not read back equal is refused with a code and the number of the point.
 */
export function encodePoints(points: Iterable<Point>, options: EncodeOptions = {}): EncodeResult {
  const unit = nanosecondsPer(options.precision ?? "ns");
  const lines: string[] = [];
  for (const point of points) {
    const line = encodePoint(point, unit);
    if (typeof line !== "string") {
      return { ok: false, code: line.code, message: `point ${lines.length + 1}: ${line.message}` };
    }
    lines.push(line);
  }
  return { ok: true, bytes: encoder.encode(lines.join("\n")) };
}

function encodePoint(point: Point, unit: bigint): string | Refusal {
  const { measurement, timestamp } = point;
  if (!isWritable(measurement) || measurement.startsWith("#")) {
    return refuse(
      "invalid_measurement",
      `the measurement ${quoted(measurement)} ${nameRule}, nor start with #`,
    );
  }
  const tags = encodeTags(point.tags);
  if (typeof tags !== "string") {
    return tags;
  }
  const fields = encodeFields(point.fields);
  if (typeof fields !== "string") {
    return fields;
  }
  const head = `${measurement.replaceAll(/[ ,]/g, "\\$&")}${tags} ${fields}`;
  if (timestamp === undefined) {
    return head;
  }
  return isInt64(timestamp)
    ? `${head} ${timestamp / unit}`
    : refuse("timestamp_out_of_range", `the timestamp ${timestamp} leaves the range of int64`);
}

const nameRule = "must not be empty, hold control characters or lone surrogates, end with a backslash";

function encodeTags(tags: Point["tags"]): string | Refusal {
  let result = "";
  let previous: string | undefined;
  for (const [key, value] of tags.toSorted((a, b) => compareUtf8(a[0], b[0]))) {
    if (!isWritable(key)) {
      return refuse("invalid_tag_key", `the tag key ${quoted(key)} ${nameRule}`);
    }
    if (!isWritable(value)) {
      return refuse("invalid_tag_value", `the value of tag ${quoted(key)} ${nameRule}`);
    }
    if (key === previous) {
      return refuse("duplicate_tag", `the tag key ${quoted(key)} occurs twice`);
    }
    previous = key;
    result += `,${escapeKey(key)}=${escapeKey(value)}`;
  }
  return result;
}

function encodeFields(fields: Point["fields"]): string | Refusal {
  const parts: string[] = [];
  for (const [key, value] of fields) {
    if (!isWritable(key)) {
      return refuse("invalid_field_key", `the field key ${quoted(key)} ${nameRule}`);
    }
    const text = encodeValue(value);
    if (typeof text !== "string") {
      return { ...text, message: `the field ${quoted(key)}: ${text.message}` };
    }
    parts.push(`${escapeKey(key)}=${text}`);
  }
  return parts.length > 0 ? parts.join(",") : refuse("missing_field", "a point needs at least one field");
}

function encodeValue(field: FieldValue): string | Refusal {
  const { kind, value } = field;
  if (kind === "string") {
    return value.isWellFormed()
      ? `"${value.replaceAll(/[\\"]/g, "\\$&")}"`
      : refuse("invalid_field_value", "the string holds a lone surrogate");
  }
  if (kind === "boolean") {
    return String(value);
  }
  if (kind === "float") {
    return Number.isFinite(value)
      ? formatGoFloat(value)
      : refuse("number_out_of_range", `${value} cannot be written`);
  }
  if (kind === "integer" ? !isInt64(value) : value < 0n || value > uint64Max) {
    return refuse("number_out_of_range", `${value} leaves the range of ${kind} numbers`);
  }
  return `${value}${kind === "integer" ? "i" : "u"}`;
}

function isWritable(name: string): boolean {
  return name !== "" && !unwritable.test(name) && name.isWellFormed();
}

function escapeKey(key: string): string {
  return key.replaceAll(/[ ,=]/g, "\\$&");
}

function refuse(code: EncodeErrorCode, message: string): Refusal {
  return { code, message };
}
