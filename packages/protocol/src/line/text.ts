// The byte order mark is a character like any other: a decoder that strips it would change values.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The string of valid UTF-8 bytes. The result never refers to `bytes`, so callers may reuse the buffer. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  return decoder.decode(bytes.subarray(start, end));
}

/** Whether `bytes[start, end)` spells the ASCII `word`. */
export function spells(bytes: Uint8Array, start: number, end: number, word: string): boolean {
  if (end - start !== word.length) {
    return false;
  }
  for (let i = 0; i < word.length; i++) {
    if (bytes[start + i] !== word.charCodeAt(i)) {
      return false;
    }
  }
  return true;
}
