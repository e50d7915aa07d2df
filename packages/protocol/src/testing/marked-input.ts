/** An input for a decoder, and the place its author marked in it. */
export interface MarkedInput {
  readonly bytes: Uint8Array;
  /** 1-based line and column (in bytes) of the mark. */
  readonly line: number;
  readonly column: number;
}

/**
 * Bytes of a text in which `▲` marks the byte behind it. Private-use characters U+E080 to U+E0FF stand for single raw
 * bytes, to write what is not UTF-8; see `raw`.
 */
export function markedInput(text: string): MarkedInput {
  const [before = "", after] = text.split("▲");
  if (after === undefined) {
    throw new Error(`no mark in ${JSON.stringify(text)}`);
  }
  const head = bytesOf(before);
  const lastLine = head.lastIndexOf(10);
  return {
    bytes: Uint8Array.from([...head, ...bytesOf(after)]),
    line: before.split("\n").length,
    column: head.length - lastLine,
  };
}

/** The character that stands for one raw byte from 0x80 on. */
export function raw(byte: number): string {
  return String.fromCharCode(0xe000 + byte);
}

/** UTF-8, with `raw` characters as their bytes. */
export function bytesOf(text: string): Uint8Array {
  const encoder = new TextEncoder();
  if (!/[\ue080-\ue0ff]/.test(text)) {
    return encoder.encode(text);
  }
  const bytes: number[] = [];
  for (const char of text) {
    const code = char.charCodeAt(0);
    if (code >= 0xe080 && code <= 0xe0ff) {
      bytes.push(code - 0xe000);
    } else {
      bytes.push(...encoder.encode(char));
    }
  }
  return Uint8Array.from(bytes);
}
