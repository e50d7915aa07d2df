/** What a line says it is about, as far as it can be read. */
export interface LineIdentity {
  readonly cluster: string | undefined;
  readonly jobId: bigint | undefined;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPENING = new Set([0x7b, 0x5b]);
const CLOSING = new Set([0x7d, 0x5d]);
const FIELD = new TextEncoder().encode('event="');
const LARGEST_ID = 2n ** 63n - 1n;
const LONGEST_NAME = 255;

/**
 * The cluster and the jobId at the top level of a line's payload, read up to the first fault: for lines that `decodeMessage`
 * refuses. What stands deeper, such as in a job script, is never taken for them. Names longer than 255 characters, and what
 * Postgres can't hold, are left out.
 */
export function peekIdentity(line: Uint8Array): LineIdentity {
  const json = unquote(line);
  const found: { cluster: string | undefined; jobId: bigint | undefined } = {
    cluster: undefined,
    jobId: undefined,
  };
  let depth = 0;
  let key: string | undefined;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at] ?? 0;
    if (byte === QUOTE) {
      const end = endOfString(json, at);
      if (end === undefined) break;
      if (depth === 1 && isKey(json, end)) key = parsed(json.subarray(at, end));
      else if (depth === 1 && key === "cluster") found.cluster = storable(parsed(json.subarray(at, end)));
      at = end - 1;
    } else if (OPENING.has(byte)) depth++;
    else if (CLOSING.has(byte)) depth--;
    else if (byte === COMMA && depth === 1) key = undefined;
    else if (depth === 1 && key === "jobId" && isDigit(byte)) {
      found.jobId = integerAt(json, at);
      key = undefined;
    }
  }
  return found;
}

/** The text of the field `event`, its escapes resolved, up to the end of the string or of the line. */
function unquote(line: Uint8Array): Uint8Array {
  const start = indexOf(line, FIELD);
  if (start < 0) return new Uint8Array();
  const text = new Uint8Array(line.length);
  let length = 0;
  for (let at = start + FIELD.length; at < line.length && line[at] !== QUOTE; at++) {
    const next = line[at + 1];
    if (line[at] === BACKSLASH && (next === QUOTE || next === BACKSLASH)) at++;
    text[length++] = line[at] ?? 0;
  }
  return text.subarray(0, length);
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  for (let at = bytes.indexOf(wanted[0] ?? 0); at >= 0; at = bytes.indexOf(wanted[0] ?? 0, at + 1))
    if (wanted.every((byte, i) => bytes[at + i] === byte)) return at;
  return -1;
}

/** Behind the closing quote; undefined when there is none. */
function endOfString(json: Uint8Array, start: number): number | undefined {
  for (let at = start + 1; at < json.length; at++) {
    if (json[at] === QUOTE) return at + 1;
    if (json[at] === BACKSLASH) at++;
  }
  return undefined;
}

function isKey(json: Uint8Array, end: number): boolean {
  let at = end;
  while (json[at] === 0x20 || json[at] === 0x0a || json[at] === 0x0d || json[at] === 0x09) at++;
  return json[at] === COLON;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function integerAt(json: Uint8Array, start: number): bigint | undefined {
  const text = new TextDecoder("latin1").decode(json.subarray(start, start + 20));
  // A sign, a fraction or an exponent make it something else.
  if (json[start - 1] === 0x2d) return undefined;
  const digits = /^\d{1,19}(?![\d.eE])/.exec(text)?.[0];
  const value = digits === undefined ? 0n : BigInt(digits);
  return value > 0n && value <= LARGEST_ID ? value : undefined;
}

function parsed(text: Uint8Array): string | undefined {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text)) as string;
  } catch {
    return undefined;
  }
}

function storable(name: string | undefined): string | undefined {
  const fits = name !== undefined && name !== "" && name.length <= LONGEST_NAME;
  return fits && name.isWellFormed() && !name.includes("\0") ? name : undefined;
}
