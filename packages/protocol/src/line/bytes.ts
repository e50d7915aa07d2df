/** Stands for the byte behind the end of the input. */
export const NOTHING = -1;
export const NEWLINE = 10;
export const RETURN = 13;
export const SPACE = 32;
export const QUOTE = 34;
export const HASH = 35;
export const COMMA = 44;
export const MINUS = 45;
export const EQUALS = 61;
export const BACKSLASH = 92;

/** Bits of `byteClass`: which tokens a byte ends. The sets are those of `line-protocol.ebnf`. */
export const ENDS_MEASUREMENT = 1;
export const ENDS_KEY = 2;
export const ENDS_VALUE = 4;
export const NOT_PRINTABLE = 8;
/** A backslash stops every token loop, so that the loops test one table entry per byte. */
export const IS_BACKSLASH = 16;

export const byteClass = new Uint8Array(256);

for (let byte = 0; byte < 256; byte++) {
  if (byte < SPACE || byte === 127) {
    byteClass[byte] = NOT_PRINTABLE | ENDS_MEASUREMENT | ENDS_KEY;
  }
}
for (const [byte, bits] of [
  [COMMA, ENDS_MEASUREMENT | ENDS_KEY | ENDS_VALUE],
  [SPACE, ENDS_MEASUREMENT | ENDS_KEY | ENDS_VALUE],
  [EQUALS, ENDS_KEY],
  [NEWLINE, ENDS_VALUE],
  [RETURN, ENDS_VALUE],
  [BACKSLASH, IS_BACKSLASH],
] as const) {
  byteClass[byte] = (byteClass[byte] ?? 0) | bits;
}

/** For each class above: the bytes a backslash escapes in tokens of that class. */
export const escapable = new Uint8Array(256);
escapable[COMMA] = ENDS_MEASUREMENT | ENDS_KEY;
escapable[SPACE] = ENDS_MEASUREMENT | ENDS_KEY;
escapable[EQUALS] = ENDS_KEY;
