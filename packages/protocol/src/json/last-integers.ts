/** Longer ones are rarely written twice in the same way. */
const MOST_BYTES = 1024;

/** An array of integers as it was written last, so that it need not be read, nor stored, twice. */
export class LastIntegers {
  readonly #text = new Uint8Array(MOST_BYTES);
  #length = 0;
  #items: readonly number[] = [];

  get items(): readonly number[] {
    return this.#items;
  }

  /** Where it ends, if it stands in `bytes` from `start` on and has no more than `most` items. */
  endIn(bytes: Uint8Array, start: number, most: number): number | undefined {
    const length = this.#length;
    if (length === 0 || this.#items.length > most) return undefined;
    const text = this.#text;
    for (let i = 0; i < length; i++) {
      if (bytes[start + i] !== text[i]) return undefined;
    }
    return start + length;
  }

  keep(bytes: Uint8Array, start: number, end: number, items: readonly number[]): void {
    const length = end - start;
    if (length > MOST_BYTES) return;
    for (let i = 0; i < length; i++) this.#text[i] = bytes[start + i] as number;
    this.#length = length;
    this.#items = items;
  }
}
