/**
 * The keys of one kind of object, matched as Go's encoding/json does: the exact spelling, or any other case.
 *
 * Producers write their keys in the same order every time, so the table remembers which key followed which and
 * compares bytes with that guess first. The guess changes speed only, never the result.
 */
export interface KeyTable<K extends string> {
  readonly names: readonly K[];
  readonly spellings: readonly Uint8Array[];
  readonly byFoldedName: ReadonlyMap<string, number>;
  /** Index by the previous key + 1 (0: the first key of the object). */
  readonly followers: Uint8Array;
}

const encoder = new TextEncoder();

export function keyTable<const K extends string>(...names: readonly K[]): KeyTable<K> {
  return {
    names,
    spellings: names.map((name) => encoder.encode(name)),
    byFoldedName: new Map(names.map((name, i) => [foldCase(name), i])),
    followers: new Uint8Array(names.length + 1).map((_, i) => Math.min(i, names.length - 1)),
  };
}

/** Go folds the long s and the Kelvin sign onto their ASCII letters, and so must this; the latter has a lower case. */
export function foldCase(key: string): string {
  return key.replaceAll("\u017f", "s").toLowerCase();
}
