import { BACKSLASH } from "../line/bytes.js";

/** Where in the input stands what has become byte `offset` of a string that begins at `start`, escapes resolved. */
export function inputOffset(input: Uint8Array, start: number, offset: number): number {
  let at = start;
  for (let i = 0; i < offset; i++) {
    at += input[at] === BACKSLASH && isEscape(input[at + 1]) ? 2 : 1;
  }
  return at;
}

/** The bytes that a backslash escapes inside a string: `"` `\` `n` `r` `t`. */
function isEscape(byte: number | undefined): boolean {
  return byte === 34 || byte === BACKSLASH || byte === 110 || byte === 114 || byte === 116;
}
