/** So many of a batch tell its quantiles well enough; all of them would cost more than decoding a line does. */
const SAMPLE = 16;

/** What `of` makes of up to 16 of `items`, spread evenly from the first to the last. */
export function* spread<Item>(items: readonly Item[], of: (item: Item) => number): Generator<number> {
  const count = Math.min(SAMPLE, items.length);
  for (let n = 0; n < count; n++) {
    const index = count === 1 ? 0 : Math.round((n * (items.length - 1)) / (count - 1));
    yield of(items[index] as Item);
  }
}
