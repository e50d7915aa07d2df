// The byte order mark is a character like any other: a decoder that strips it would change values.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The string of `bytes[start, end)`, with U+FFFD where they are not UTF-8. It never refers to `bytes`. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  return decoder.decode(bytes.subarray(start, end));
}

/** V8 copies a substring shorter than this; a longer one would keep the whole text it was cut from alive. */
const copiedLength = 13;

/**
 * An input, decoded once as a whole: short pieces are cut from that text many times faster than they are decoded one
 * by one, and one look tells whether anything in it may be invalid UTF-8.
 */
export class Source {
  readonly bytes: Uint8Array;
  /** False when the bytes are surely valid UTF-8. */
  readonly mayBeInvalid: boolean;
  /** Undefined unless every byte has become one code unit, so that offsets in bytes and text are the same. */
  readonly #aligned: string | undefined;

  constructor(bytes: Uint8Array) {
    const text = decoder.decode(bytes);
    this.bytes = bytes;
    this.mayBeInvalid = text.includes("\ufffd");
    this.#aligned = text.length === bytes.length ? text : undefined;
  }

  /** The string of `bytes[start, end)`, which does not keep this source alive. */
  slice(start: number, end: number): string {
    return this.#aligned !== undefined && end - start < copiedLength
      ? this.#aligned.substring(start, end)
      : textOf(this.bytes, start, end);
  }
}

const encoder = new TextEncoder();

/** The bytes of a word, to compare with `spells`. */
export function wordOf(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Whether `bytes[start, end)` are those of `word`. */
export function spells(bytes: Uint8Array, start: number, end: number, word: Uint8Array): boolean {
  const { length } = word;
  if (end - start !== length) {
    return false;
  }
  for (let i = 0; i < length; i++) {
    if (bytes[start + i] !== word[i]) {
      return false;
    }
  }
  return true;
}
