import { BACKSLASH } from "./bytes.js";
import { textOf } from "./source.js";
import { scratchOf } from "./scratch.js";

function replacements(pairs: Readonly<Record<string, string>>): Uint8Array {
  const table = new Uint8Array(256);
  for (const [escape, byte] of Object.entries(pairs)) {
    table[escape.charCodeAt(0)] = byte.charCodeAt(0);
  }
  return table;
}

/** What the byte behind a backslash stands for inside a string; 0: the backslash is itself. */
export type StringEscapes = Uint8Array;

/** The escapes that every version of line protocol knows: `\"` and `\\`. */
export const quoteEscapes: StringEscapes = replacements({ '"': '"', "\\": "\\" });

/** Those and `\n`, `\r`, `\t`, which ClusterCockpit's decoder (line-protocol 2.2) resolves too. */
export const whitespaceEscapes: StringEscapes = replacements({
  '"': '"',
  "\\": "\\",
  n: "\n",
  r: "\r",
  t: "\t",
});

/** The string `bytes[start, end)` with its escapes resolved; the bytes are valid UTF-8. */
export function unescapeString(
  bytes: Uint8Array,
  start: number,
  end: number,
  escapes: StringEscapes,
): string {
  const scratch = scratchOf(end - start);
  let out = 0;
  for (let i = start; i < end; i++) {
    let byte = bytes[i] as number;
    if (byte === BACKSLASH && i + 1 < end) {
      const replacement = escapes[bytes[i + 1] as number] as number;
      if (replacement > 0) {
        byte = replacement;
        i++;
      }
    }
    scratch[out++] = byte;
  }
  return textOf(scratch, 0, out);
}
