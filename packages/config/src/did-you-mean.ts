import { distance } from "fastest-levenshtein";

const normalise = (key: string): string =>
  key
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replaceAll("_", "-")
    .toLowerCase();

const letters = (key: string): string => key.split("").toSorted().join("");

/** The candidate that `key` is most likely meant to be, or undefined when none is near. */
export function didYouMean(key: string, candidates: Iterable<string>): string | undefined {
  const wanted = normalise(key);
  let best: string | undefined;
  let bestDistance = wanted.length <= 4 ? 2 : wanted.length <= 8 ? 3 : 4;
  for (const candidate of candidates) {
    const normal = normalise(candidate);
    const swapped = letters(normal) === letters(wanted);
    const steps = Math.min(distance(wanted, normal), swapped ? 1 : Infinity);
    if (steps < bestDistance) {
      best = candidate;
      bestDistance = steps;
    }
  }
  return best;
}
