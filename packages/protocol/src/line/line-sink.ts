import type { FieldValue } from "./point.js";

/** A piece of a line, valid UTF-8, that callers must copy out before they return: `bytes[start, end)`. */
export interface Token {
  bytes: Uint8Array;
  start: number;
  end: number;
  /** It holds a backslash, so escapes may have to be resolved. Never set for strings: they come unescaped. */
  escaped: boolean;
  ascii: boolean;
}

export function emptyToken(): Token {
  return { bytes: new Uint8Array(0), start: 0, end: 0, escaped: false, ascii: true };
}

/** What a scanner tells of the entry it reads, in the order of the line. Calls before a fault are void. */
export interface LineSink {
  entry(): void;
  measurement(name: Token): void;
  tag(key: Token, value: Token): void;
  /** `offset`: of the first byte of the string in the input. The bytes live until the next entry. */
  stringField(key: Token, value: Token, offset: number): void;
  field(key: Token, value: FieldValue): void;
  /** Nanoseconds since the epoch. */
  timestamp(value: bigint): void;
}
