/** How one database differs from what it ought to hold: the rows, each named by its table and key. */
export interface Differences {
  readonly lost: readonly string[];
  readonly invented: readonly string[];
  /** Both have it, and it says something else. */
  readonly diverged: readonly string[];
}

type Tables = ReadonlyMap<string, string>;

export function compare(actual: Tables, expected: Tables): Differences {
  const lost: string[] = [];
  const diverged: string[] = [];
  for (const [key, content] of expected) {
    const found = actual.get(key);
    if (found === undefined) lost.push(key);
    else if (found !== content) diverged.push(`${key}: ${found} instead of ${content}`);
  }
  return { lost, invented: [...actual.keys()].filter((key) => !expected.has(key)), diverged };
}
