/** More than the largest clusters have hosts. */
const MOST_NAMES = 32_768;
const MOST_LISTS = 256;

const names = new Map<string, string>();
const lists = new Map<string, readonly string[]>();

/**
 * Hands out the same string for the same name: the same nodes report again and again, and what is kept of a report until it is stored
 * should be little. Bounded, whatever the input.
 */
export function sharedName(name: string): string {
  const known = names.get(name);
  if (known !== undefined) return known;
  if (names.size === MOST_NAMES) names.clear();
  names.set(name, name);
  return name;
}

/** The same for the lists of states; nearly all of them hold one, and there are few. */
export function sharedStates(states: readonly string[]): readonly string[] {
  const [only] = states;
  if (only === undefined || states.length > 1) return states;
  const known = lists.get(only);
  if (known !== undefined) return known;
  if (lists.size === MOST_LISTS) lists.clear();
  const shared = Object.freeze([only]);
  lists.set(only, shared);
  return shared;
}
