import { printable, styled } from "./terminal.js";

export interface Fault {
  readonly line: number;
  /** 1-based, in bytes */
  readonly column: number;
  readonly code: string;
  readonly message: string;
}

const BEFORE = 50;
const AFTER = 30;
const NEWLINE = 10;

/** `file:line:column: what is wrong`, and below it the place with a caret under the column. */
export function showFault(
  file: string,
  input: Uint8Array,
  fault: Fault,
  stream: NodeJS.WriteStream = process.stderr,
): string {
  const { line, column, code, message } = fault;
  const { text, offset } = excerpt(physicalLine(input, line), column);
  const place = styled("bold", `${file}:${line}:${column}:`, stream);
  const caret = styled("red", "^", stream);
  return `${place} ${message} (${code})\n  ${text}\n  ${" ".repeat(offset)}${caret}`;
}

function physicalLine(input: Uint8Array, line: number): Uint8Array {
  let start = 0;
  for (let number = 1; number < line; number += 1) {
    const newline = input.indexOf(NEWLINE, start);
    if (newline < 0) break;
    start = newline + 1;
  }
  const end = input.indexOf(NEWLINE, start);
  return input.subarray(start, end < 0 ? input.length : end);
}

/** Lines of job events are thousands of bytes long: what stands around the column is enough. */
function excerpt(bytes: Uint8Array, column: number): { text: string; offset: number } {
  const at = Math.min(column - 1, bytes.length);
  const from = Math.max(0, at - BEFORE);
  const to = Math.min(bytes.length, at + AFTER);
  const before = (from > 0 ? "…" : "") + oneLine(bytes.subarray(from, at));
  const after = oneLine(bytes.subarray(at, to)) + (to < bytes.length ? "…" : "");
  return { text: before + after, offset: before.length };
}

/** One character per character, so that the caret stands where it should. */
function oneLine(bytes: Uint8Array): string {
  return printable(Buffer.from(bytes).toString()).replaceAll("\n", "·");
}
