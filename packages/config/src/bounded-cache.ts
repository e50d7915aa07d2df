/** Remembers up to `limit` answers of a pure function; the one first asked for is forgotten first. */
export function boundedCache<T>(compute: (key: string) => T, limit: number): (key: string) => T {
  const answers = new Map<string, { readonly answer: T }>();
  return (key) => {
    const known = answers.get(key);
    if (known !== undefined) return known.answer;
    const answer = compute(key);
    if (answers.size >= limit) {
      const [oldest] = answers.keys();
      if (oldest !== undefined) answers.delete(oldest);
    }
    answers.set(key, { answer });
    return answer;
  };
}
