import { styled } from "../shared/terminal.js";
import type { Fault } from "./split.js";

const BEFORE = 50;
const AFTER = 30;
const NEWLINE = 10;

/** `file:line:column: what is wrong`, and below it the place with a caret under the column. */
export function showFault(file: string, input: Uint8Array, fault: Fault): string {
  const { line, column, code, message } = fault;
  const { text, offset } = excerpt(physicalLine(input, line), column);
  const place = styled("bold", `${file}:${line}:${column}:`, process.stderr);
  const caret = styled("red", "^", process.stderr);
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
  const before = (from > 0 ? "…" : "") + printable(bytes.subarray(from, at));
  const after = printable(bytes.subarray(at, to)) + (to < bytes.length ? "…" : "");
  return { text: before + after, offset: before.length };
}

/** One character per character, so that the caret stands where it should. */
function printable(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString()
    .replaceAll(/\p{Cc}/gu, "·");
}
