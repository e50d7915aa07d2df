import type { RejectCode } from "../codes.js";
import { Source } from "../line/source.js";
import { unescapeString, whitespaceEscapes } from "../line/unescape.js";
import type { JsonFault } from "./json-fault.js";

export const END = 0;
const SPACE = 32;
export const QUOTE = 34;
const BACKSLASH = 92;

export const noSource = new Source(new Uint8Array(0));

/** Bytes at which a string may end or stop being plain: control characters, quotes and backslashes. */
const endsPlainText = new Uint8Array(256).fill(1, 0, SPACE);
endsPlainText[QUOTE] = 1;
endsPlainText[BACKSLASH] = 1;

/**
 * JSON inside a string of line protocol, read where it stands, without an unescaped copy. There a quote of the JSON
 * text is the two bytes `\"`, its backslash is `\\`, white space may be written `\n`, `\r`, `\t`, and a bare `"` ends
 * the text.
 */
export abstract class JsonText {
  protected source = noSource;
  protected bytes = noSource.bytes;
  protected position = 0;
  fault: JsonFault | undefined;

  /** False, so that a caller can return it. */
  abstract fail(code: RejectCode, message: string, offset: number): false;

  /**
   * Steps over white space and returns the byte at hand: `QUOTE` for a quote of the JSON text, `END` where the text or
   * the input ends.
   */
  protected peek(): number {
    const byte = this.bytes[this.position] as number;
    return byte > SPACE && byte !== QUOTE && byte !== BACKSLASH ? byte : this.#peekUnusual();
  }

  /** Whether a quote of the JSON text is at hand, behind white space. */
  protected atQuote(): boolean {
    const { bytes, position } = this;
    return (bytes[position] === BACKSLASH && bytes[position + 1] === QUOTE) || this.peek() === QUOTE;
  }

  #peekUnusual(): number {
    const { bytes } = this;
    for (;;) {
      const byte = bytes[this.position];
      if (byte === BACKSLASH) {
        const next = bytes[this.position + 1];
        if (next === QUOTE) {
          return QUOTE;
        }
        if (next !== 110 && next !== 114 && next !== 116) {
          return BACKSLASH;
        }
        this.position += 2;
      } else if (byte === SPACE || byte === 10 || byte === 13 || byte === 9) {
        this.position++;
      } else {
        return byte === undefined || byte === QUOTE ? END : byte;
      }
    }
  }

  protected syntax(message: string): false {
    const byte = this.peek();
    const found =
      byte === END
        ? "the end"
        : byte > SPACE && byte < 127
          ? `'${String.fromCharCode(byte)}'`
          : `byte ${byte}`;
    return this.fail("json_syntax", `${message}, found ${found}`, this.position);
  }

  /** The string at hand, whose opening quote has been seen. */
  protected string(): string | undefined {
    const { bytes } = this;
    const start = this.position + 2;
    let i = start;
    while (endsPlainText[bytes[i] as number] === 0) {
      i++;
    }
    if (bytes[i] === BACKSLASH && bytes[i + 1] === QUOTE) {
      this.position = i + 2;
      return this.source.slice(start, i);
    }
    return this.#escapedString(start, i);
  }

  /** `from`: where the string stops being plain. */
  #escapedString(start: number, from: number): string | undefined {
    const { bytes } = this;
    let i = from;
    for (;;) {
      const byte = bytes[i];
      if (byte === undefined || byte === QUOTE) {
        this.fail("json_syntax", "a string has no closing quote", i);
        return undefined;
      }
      if (byte < SPACE) {
        this.#controlCharacter(i);
        return undefined;
      }
      if (byte !== BACKSLASH) {
        i++;
        continue;
      }
      const next = bytes[i + 1];
      if (next === QUOTE) {
        break;
      }
      if (next === 110 || next === 114 || next === 116) {
        this.#controlCharacter(i);
        return undefined;
      }
      // A backslash of the JSON text, then what it escapes, which may itself be written as two bytes.
      i += next === BACKSLASH ? 2 : 1;
      i += bytes[i] === BACKSLASH ? 2 : bytes[i] === QUOTE ? 0 : 1;
    }
    this.position = i + 2;
    return this.#parse(start, i);
  }

  #parse(start: number, end: number): string | undefined {
    const value = parseString(`"${unescapeString(this.bytes, start, end, whitespaceEscapes)}"`);
    const offset = start - 2;
    if (value === undefined) {
      this.fail("json_syntax", "a string holds an unknown escape", offset);
    } else if (value.includes("\0")) {
      this.fail("nul_character", "a string holds a NUL character, which the database cannot store", offset);
    } else if (!value.isWellFormed()) {
      this.fail("lone_surrogate", "a string holds half a surrogate pair", offset);
    } else {
      return value;
    }
    return undefined;
  }

  #controlCharacter(offset: number): void {
    this.fail("json_syntax", "a string holds an unescaped control character", offset);
  }
}

/** The value of one string token: the engine's own parser knows the escapes best. */
function parseString(token: string): string | undefined {
  try {
    return JSON.parse(token) as string;
  } catch {
    return undefined;
  }
}
