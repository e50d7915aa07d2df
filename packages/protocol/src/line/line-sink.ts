import type { FieldValue } from "./point.js";
import type { Source } from "./source.js";

/** A piece of the input, valid UTF-8: `[start, end)`. */
export interface Token {
  start: number;
  end: number;
  /** It holds a backslash, so escapes may have to be resolved. */
  escaped: boolean;
}

export function emptyToken(): Token {
  return { start: 0, end: 0, escaped: false };
}

/**
 * What a scanner tells of the entry it reads, in the order of the line. Tokens are reused: sinks copy what they keep.
 * Calls before a fault are void.
 */
export interface LineSink {
  entry(): void;
  measurement(name: Token, source: Source): void;
  tag(key: Token, value: Token, source: Source): void;
  /**
   * Offered before a string is read: a sink that reads it from the input itself, from `start` on, returns the offset
   * of the closing quote; one that does not returns -1 and gets `stringField`. Never offered doubtful UTF-8.
   */
  openString(key: Token, start: number, source: Source): number;
  /** `start`: of the string in the input, behind its quote; `value`: unescaped. */
  stringField(key: Token, start: number, value: string, source: Source): void;
  field(key: Token, value: FieldValue, source: Source): void;
  /** Nanoseconds since the epoch. */
  timestamp(value: bigint): void;
}

/** A measurement name with its escapes (`\,` `\ `) resolved. */
export function measurementText(token: Token, source: Source): string {
  const text = source.slice(token.start, token.end);
  return token.escaped ? text.replaceAll(/\\([ ,])/g, "$1") : text;
}

/** A key or tag value with its escapes (`\,` `\=` `\ `) resolved. */
export function keyText(token: Token, source: Source): string {
  const text = source.slice(token.start, token.end);
  return token.escaped ? text.replaceAll(/\\([ ,=])/g, "$1") : text;
}
