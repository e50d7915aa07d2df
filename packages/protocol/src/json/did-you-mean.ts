import { quoted } from "../excerpt.js";

/** The candidate nearest to `word` when it is near enough to be a slip: at most a third of its letters differ. */
export function didYouMean(word: string, candidates: readonly string[]): string | undefined {
  // A key of a megabyte is no slip of a short one, and comparing it would take its time.
  if (word.length > 64) {
    return undefined;
  }
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Levenshtein: insertions, deletions and substitutions each cost one. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** What is said of a key that nobody knows. */
export function unknownKey(key: string, names: readonly string[]): string {
  const near = didYouMean(key, names);
  const hint = near === undefined ? `known are ${names.join(", ")}` : `did you mean "${near}"?`;
  return `unknown key ${quoted(key)}; ${hint}`;
}
