import { BACKSLASH, IS_BACKSLASH, QUOTE, byteClass, escapable } from "./bytes.js";
import { Cursor } from "./cursor.js";
import type { Token } from "./line-sink.js";
import { scratchOf } from "./scratch.js";
import { findInvalidUtf8 } from "./utf8.js";

/** Reads the tokens of a line: names, keys, tag values and strings. */
export class TokenReader extends Cursor {
  readonly #replacements: Uint8Array;
  #scratch: Uint8Array | undefined;
  /** Bytes of the scratch buffer that hold strings of the entry at hand. */
  protected scratchUsed = 0;

  /** `replacements`: what the byte behind a backslash stands for inside strings; 0 leaves the backslash literal. */
  constructor(input: Uint8Array, replacements: Uint8Array) {
    super(input);
    this.#replacements = replacements;
  }

  /**
   * Reads up to the first unescaped byte of the class `end`. A backslash counts as an escape before a byte that ends
   * the token by being a separator, and as itself before any other.
   */
  protected token(token: Token, end: number): boolean {
    const { input } = this;
    const stop = end | IS_BACKSLASH;
    const start = this.position;
    let bits = 0;
    let escaped = false;
    let i = start;
    for (; i < input.length; i++) {
      const byte = input[i] as number;
      bits |= byte;
      if (((byteClass[byte] as number) & stop) === 0) {
        continue;
      }
      if (byte !== BACKSLASH) {
        break;
      }
      escaped = true;
      if (((escapable[input[i + 1] ?? 0] as number) & end) !== 0) {
        i++;
      }
    }
    token.bytes = input;
    token.start = start;
    token.end = this.position = i;
    token.escaped = escaped;
    return this.#checkUtf8(token, bits, start);
  }

  /** Reads a string; the position is behind its opening quote and ends behind its closing one. */
  protected string(token: Token): boolean {
    const { input } = this;
    const start = this.position;
    const end = input.length;
    let bits = 0;
    let i = start;
    for (; i < end; i++) {
      const byte = input[i] as number;
      if (byte === QUOTE || byte === BACKSLASH) {
        break;
      }
      bits |= byte;
    }
    token.escaped = false;
    if (input[i] === BACKSLASH) {
      return this.#escapedString(token, i);
    }
    if (i === end) {
      this.position = end;
      return this.fail("unterminated_string", start - 1);
    }
    token.bytes = input;
    token.start = start;
    token.end = i;
    this.position = i + 1;
    return this.#checkUtf8(token, bits, start);
  }

  #escapedString(token: Token, firstEscape: number): boolean {
    const { input } = this;
    const replacements = this.#replacements;
    const start = this.position;
    const end = input.length;
    const scratch = this.#scratch ?? (this.#scratch = scratchOf(end));
    const from = this.scratchUsed;
    scratch.set(input.subarray(start, firstEscape), from);
    let out = from + firstEscape - start;
    let bits = 0;
    for (let k = start; k < firstEscape; k++) {
      bits |= input[k] as number;
    }
    let i = firstEscape;
    for (; i < end; i++) {
      let byte = input[i] as number;
      if (byte === BACKSLASH) {
        const replacement = replacements[input[i + 1] ?? 0] as number;
        if (replacement !== 0) {
          byte = replacement;
          i++;
        }
      } else if (byte === QUOTE) {
        break;
      }
      bits |= byte;
      scratch[out++] = byte;
    }
    this.position = Math.min(i + 1, end);
    if (i === end) {
      return this.fail("unterminated_string", start - 1);
    }
    // JSON is read without bounds checks up to this 0. There is room for it: two quotes were not copied.
    scratch[out] = 0;
    token.bytes = scratch;
    token.start = from;
    token.end = out;
    this.scratchUsed = out + 1;
    return this.#checkUtf8(token, bits, start);
  }

  #checkUtf8(token: Token, bits: number, offset: number): boolean {
    token.ascii = bits < 0x80;
    if (token.ascii || findInvalidUtf8(token.bytes, token.start, token.end) < 0) {
      return true;
    }
    const raw = findInvalidUtf8(this.input, offset, this.position);
    return this.fail("invalid_utf8", raw < 0 ? offset : raw);
  }
}
