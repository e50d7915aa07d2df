import type { Token } from "./line-sink.js";
import { textOf } from "./text.js";

/** A measurement name with its escapes (`\,` `\ `) resolved. */
export function measurementText(token: Token): string {
  const text = textOf(token.bytes, token.start, token.end);
  return token.escaped ? text.replaceAll(/\\([ ,])/g, "$1") : text;
}

/** A key or tag value with its escapes (`\,` `\=` `\ `) resolved. */
export function keyText(token: Token): string {
  const text = textOf(token.bytes, token.start, token.end);
  return token.escaped ? text.replaceAll(/\\([ ,=])/g, "$1") : text;
}
