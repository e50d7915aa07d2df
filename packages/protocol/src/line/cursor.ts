import type { LineErrorCode } from "../codes.js";
import { HASH, NEWLINE, NOTHING, NOT_PRINTABLE, RETURN, SPACE, byteClass } from "./bytes.js";

/** A place in the input that knows lines: where the entry at hand began, where it ended, and what was wrong. */
export class Cursor {
  position = 0;
  /** 1-based number and start of the physical line on which the entry begins. */
  line = 1;
  lineStart = 0;
  /** End of the entry, without its line ending. */
  entryEnd = 0;
  errorCode: LineErrorCode | undefined;
  errorOffset = 0;
  readonly input: Uint8Array;

  constructor(input: Uint8Array) {
    this.input = input;
  }

  /** The byte at an offset, or `NOTHING` behind the end: reading a typed array there would cost many times more. */
  protected at(offset: number): number {
    return offset < this.input.length ? (this.input[offset] as number) : NOTHING;
  }

  protected fail(code: LineErrorCode, offset: number): false {
    this.errorCode = code;
    this.errorOffset = offset;
    return false;
  }

  /** Goes to the next entry. False when a comment on the way holds a control character. */
  protected skipBlankLines(): boolean {
    for (;;) {
      this.#startLine();
      this.skipSpaces();
      const first = this.at(this.position);
      if (first === HASH) {
        this.#skipPrintable();
      } else if (first !== NEWLINE && first !== RETURN) {
        return true;
      }
      if (!this.takeLineEnd()) {
        return first === HASH ? this.fail("invalid_comment", this.position) : true;
      }
    }
  }

  protected skipSpaces(): void {
    let i = this.position;
    while (this.at(i) === SPACE) {
      i++;
    }
    this.position = i;
  }

  #skipPrintable(): void {
    let i = this.position;
    while (i < this.input.length && ((byteClass[this.input[i] as number] as number) & NOT_PRINTABLE) === 0) {
      i++;
    }
    this.position = i;
  }

  #startLine(): void {
    const { input, position } = this;
    if (position === this.lineStart || position === input.length) {
      return;
    }
    // Lines end in a newline, so the last one to count is the byte before the position.
    let newline = input.indexOf(NEWLINE, this.lineStart);
    this.line++;
    while (newline < position - 1) {
      this.line++;
      newline = input.indexOf(NEWLINE, newline + 1);
    }
    this.lineStart = position;
  }

  /** Steps over a line ending: `\n`, `\r\n`, a `\r` that is the last byte, or the end of the input. */
  protected takeLineEnd(): boolean {
    const { position } = this;
    const byte = this.at(position);
    if (byte === NEWLINE) {
      this.position = position + 1;
    } else if (byte === RETURN && this.at(position + 1) === NEWLINE) {
      this.position = position + 2;
    } else if (byte === RETURN && position + 1 === this.input.length) {
      this.position = position + 1;
    } else if (byte !== NOTHING) {
      return false;
    }
    this.entryEnd = position;
    return true;
  }

  /** After a fault: on to the line behind the next newline, as the reference decoder does. */
  protected resynchronise(): void {
    const newline = this.input.indexOf(NEWLINE, this.position);
    const end = newline < 0 ? this.input.length : newline;
    this.entryEnd = this.at(end - 1) === RETURN ? end - 1 : end;
    this.position = newline < 0 ? end : end + 1;
  }
}

/** 1-based line and column (in bytes) of an offset at or behind the start of line `line`. */
export function positionOf(
  input: Uint8Array,
  line: number,
  lineStart: number,
  offset: number,
): { line: number; column: number } {
  let start = lineStart;
  let number = line;
  for (let at = input.indexOf(NEWLINE, start); at >= 0 && at < offset; at = input.indexOf(NEWLINE, start)) {
    start = at + 1;
    number++;
  }
  return { line: number, column: offset - start + 1 };
}
