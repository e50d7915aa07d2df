import { BACKSLASH, IS_BACKSLASH, QUOTE, byteClass, escapable } from "./bytes.js";
import { Cursor } from "./cursor.js";
import type { Token } from "./line-sink.js";
import { Source } from "./source.js";
import { type StringEscapes, unescapeString } from "./unescape.js";
import { findInvalidUtf8 } from "./utf8.js";

/** Reads the tokens of a line: names, keys, tag values and strings. */
export class TokenReader extends Cursor {
  protected readonly source: Source;
  readonly #escapes: StringEscapes;

  constructor(input: Uint8Array, escapes: StringEscapes) {
    super(input);
    this.source = new Source(input);
    this.#escapes = escapes;
  }

  /**
   * Reads up to the first unescaped byte of the class `end`. A backslash escapes a separator of that class and is
   * itself before any other byte.
   */
  protected token(token: Token, end: number): boolean {
    const { input } = this;
    const stop = end | IS_BACKSLASH;
    let i = this.position;
    token.start = i;
    token.escaped = false;
    for (; i < input.length; i++) {
      const byte = input[i] as number;
      if (((byteClass[byte] as number) & stop) === 0) {
        continue;
      }
      if (byte !== BACKSLASH) {
        break;
      }
      token.escaped = true;
      if (((escapable[input[i + 1] ?? 0] as number) & end) !== 0) {
        i++;
      }
    }
    token.end = this.position = i;
    return this.#isUtf8(token.start);
  }

  /** Reads a string; the position is behind its opening quote and ends behind its closing one. */
  protected string(): string | undefined {
    const { input } = this;
    const start = this.position;
    let escaped = false;
    let i = start;
    for (; i < input.length; i++) {
      const byte = input[i];
      if (byte === QUOTE) {
        break;
      }
      if (byte === BACKSLASH) {
        escaped = true;
        // Every set of escapes has the quote and the backslash, and no other byte could end the string.
        i++;
      }
    }
    if (i >= input.length) {
      this.position = input.length;
      this.fail("unterminated_string", start - 1);
      return undefined;
    }
    this.position = i + 1;
    if (!this.#isUtf8(start)) {
      return undefined;
    }
    return escaped ? unescapeString(input, start, i, this.#escapes) : this.source.slice(start, i);
  }

  /** Whether the bytes from `start` to the position are UTF-8. Escapes are ASCII, so they change nothing about it. */
  #isUtf8(start: number): boolean {
    if (!this.source.mayBeInvalid) {
      return true;
    }
    const invalid = findInvalidUtf8(this.input, start, this.position);
    return invalid < 0 ? true : this.fail("invalid_utf8", invalid);
  }
}
