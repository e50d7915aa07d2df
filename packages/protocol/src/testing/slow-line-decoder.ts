// A grammar of bytes names control characters.
/* oxlint-disable no-control-regex */
import type { FieldValue, Point } from "../line/point.js";

/**
 * A second decoder of line protocol, to compare the fast one with. It is written for being plainly right: it works on
 * one character per byte, takes every token with one regular expression, and shares no code with the fast one.
 */
export type SlowLine = { readonly ok: true; readonly point: Point } | { readonly ok: false };

const measurementToken = /(?:\\[ ,]|[^\x00-\x20\x7f,])+/y;
const keyToken = /(?:\\[ ,=]|[^\x00-\x20\x7f,=])+/y;
const spaces = / */y;
const comment = /#[^\x00-\x1f\x7f]*/y;
const lineEnd = /\n|\r\n|\r$|$/y;
const scalarToken = /[-.0-9tTfF][^, \r\n]*/y;
const timeToken = /-?\d+(?=[ \r\n]|$)/y;

class Fault extends Error {}

class Reader {
  at = 0;
  readonly text: string;
  readonly whitespaceEscapes: boolean;

  constructor(text: string, whitespaceEscapes: boolean) {
    this.text = text;
    this.whitespaceEscapes = whitespaceEscapes;
  }

  /** The match at the place at hand, stepped over; undefined leaves the place. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match === null) {
      return undefined;
    }
    this.at += match[0].length;
    return match[0];
  }

  need(pattern: RegExp): string {
    const match = this.take(pattern);
    if (match === undefined) {
      throw new Fault();
    }
    return match;
  }
}

export function slowDecodeLines(
  input: Uint8Array,
  whitespaceEscapes: boolean,
  uniqueTags: boolean,
): SlowLine[] {
  const text = Array.from(input, (byte) => String.fromCharCode(byte)).join("");
  const reader = new Reader(text, whitespaceEscapes);
  const lines: SlowLine[] = [];
  while (reader.at < text.length) {
    if (skipBlankLine(reader)) {
      continue;
    }
    try {
      const point = readPoint(reader);
      const isUnique = new Set(point.tags.map(([key]) => key)).size === point.tags.length;
      lines.push(isUnique || !uniqueTags ? { ok: true, point } : { ok: false });
    } catch (error) {
      if (!(error instanceof Fault)) {
        throw error;
      }
      lines.push({ ok: false });
      const newline = text.indexOf("\n", reader.at);
      reader.at = newline < 0 ? text.length : newline + 1;
    }
  }
  return lines;
}

/** A line of spaces or a comment; anything else leaves the place behind the spaces. */
function skipBlankLine(reader: Reader): boolean {
  reader.take(spaces);
  const start = reader.at;
  reader.take(comment);
  if (reader.take(lineEnd) !== undefined) {
    return true;
  }
  reader.at = start;
  return false;
}

function readPoint(reader: Reader): Point {
  if (reader.text[reader.at] === "#") {
    throw new Fault();
  }
  const measurement = utf8(reader.need(measurementToken)).replaceAll(/\\([ ,])/g, "$1");
  const tags: [string, string][] = [];
  while (reader.take(/,/y) !== undefined) {
    const key = readKey(reader);
    reader.need(/=/y);
    tags.push([key, readKey(reader)]);
  }
  reader.need(/ +/y);
  const fields: [string, FieldValue][] = [];
  do {
    const key = readKey(reader);
    reader.need(/=/y);
    fields.push([key, readValue(reader)]);
  } while (reader.take(/,/y) !== undefined);
  const timestamp = readEnd(reader);
  const sorted = tags.toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return { measurement, tags: sorted, fields, timestamp };
}

function readKey(reader: Reader): string {
  return utf8(reader.need(keyToken)).replaceAll(/\\([ ,=])/g, "$1");
}

function readValue(reader: Reader): FieldValue {
  if (reader.text[reader.at] === '"') {
    return { kind: "string", value: readString(reader) };
  }
  const text = reader.need(scalarToken);
  if (/^[tTfF]/.test(text)) {
    if (!/^(?:[tTfF]|true|True|TRUE|false|False|FALSE)$/.test(text)) {
      throw new Fault();
    }
    return { kind: "boolean", value: /^[tT]/.test(text) };
  }
  if (/^-?\d+i$/.test(text)) {
    return { kind: "integer", value: within(text.slice(0, -1), -(2n ** 63n), 2n ** 63n - 1n) };
  }
  if (/^\d+u$/.test(text)) {
    return { kind: "unsigned", value: within(text.slice(0, -1), 0n, 2n ** 64n - 1n) };
  }
  return { kind: "float", value: slowFloat(text) };
}

function readString(reader: Reader): string {
  let value = "";
  for (let i = reader.at + 1; i < reader.text.length; i++) {
    const char = reader.text.charAt(i);
    if (char === '"') {
      // Where the reference would go on looking for a line end when the string is not UTF-8.
      reader.at = i + 1;
      return utf8(value);
    }
    const escaped = char === "\\" ? unescape(reader.text[i + 1], reader.whitespaceEscapes) : undefined;
    value += escaped ?? char;
    i += escaped === undefined ? 0 : 1;
  }
  reader.at = reader.text.length;
  throw new Fault();
}

function unescape(char: string | undefined, whitespaceEscapes: boolean): string | undefined {
  if (char === '"' || char === "\\") {
    return char;
  }
  const whitespace: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };
  return whitespaceEscapes && char !== undefined ? whitespace[char] : undefined;
}

/** What may follow the fields: spaces, a timestamp, the end of the line. */
function readEnd(reader: Reader): bigint | undefined {
  const space = reader.take(/ +/y);
  if (reader.take(lineEnd) !== undefined) {
    return undefined;
  }
  if (space === undefined) {
    throw new Fault();
  }
  const timestamp = within(reader.need(timeToken), -(2n ** 63n), 2n ** 63n - 1n);
  reader.take(spaces);
  reader.need(lineEnd);
  return timestamp;
}

function within(text: string, min: bigint, max: bigint): bigint {
  const value = BigInt(text);
  if (value < min || value > max) {
    throw new Fault();
  }
  return value;
}

function utf8(text: string): string {
  const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Fault();
  }
}

/** Go's float syntax, with exact arithmetic for hexadecimal ones. */
function slowFloat(text: string): number {
  const digits = String.raw`\d+(?:_\d+)*`;
  const hex = String.raw`[\da-fA-F]+(?:_[\da-fA-F]+)*`;
  const decimal = new RegExp(
    `^-?(?:${digits}\\.?|${digits}\\.${digits}|\\.${digits})(?:[eE][+-]?${digits})?$`,
  );
  const hexadecimal = new RegExp(`^-?0[xX]_?(?:${hex}\\.?|${hex}\\.${hex}|\\.${hex})[pP][+-]?${digits}$`);
  const plain = text.replaceAll("_", "");
  const value = decimal.test(text) ? Number(plain) : hexadecimal.test(text) ? exactHex(plain) : Number.NaN;
  if (!Number.isFinite(value)) {
    throw new Fault();
  }
  return value;
}

/** A binary fraction has a finite decimal expansion, and `Number` rounds that one correctly. */
function exactHex(text: string): number {
  const [, sign = "", whole = "", part = "", power = "0"] =
    /^(-?)0[xX]([\da-fA-F]*)\.?([\da-fA-F]*)[pP](.*)$/.exec(text) ?? [];
  const mantissa = BigInt(`0x${whole}${part}`);
  const exponent = Math.max(-5000, Math.min(5000, Number(power))) - 4 * part.length;
  const decimal =
    exponent >= 0
      ? `${mantissa * 2n ** BigInt(exponent)}`
      : `${mantissa * 5n ** BigInt(-exponent)}e${exponent}`;
  return Number(`${sign}${decimal}`);
}
