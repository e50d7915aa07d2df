function replacements(pairs: Readonly<Record<string, string>>): Uint8Array {
  const table = new Uint8Array(256);
  for (const [escape, byte] of Object.entries(pairs)) {
    table[escape.charCodeAt(0)] = byte.charCodeAt(0);
  }
  return table;
}

/** The escapes in strings that every version of line protocol knows: `\"` and `\\`. */
export const quoteEscapes = replacements({ '"': '"', "\\": "\\" });

/** Those and `\n`, `\r`, `\t`, which ClusterCockpit's decoder (line-protocol 2.2) resolves too. */
export const whitespaceEscapes = replacements({ '"': '"', "\\": "\\", n: "\n", r: "\r", t: "\t" });
