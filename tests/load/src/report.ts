/** One line of the load report. */
export interface Finding {
  readonly what: string;
  readonly figure: string;
  readonly goal: string;
  readonly met: boolean;
  readonly detail: string;
}

export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [upper = 0, lower = 0] = [sorted[middle], sorted[middle - (sorted.length % 2 === 0 ? 1 : 0)]];
  return (upper + lower) / 2;
}

/** The `share` of the values that lie below: 0.99 for the 99th percentile. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

export function asTable(findings: readonly Finding[]): string {
  const rows = findings.map(({ what, figure, goal, met, detail }) =>
    [what, figure, goal, met ? "yes" : "no", detail].join(" | "),
  );
  return ["what | figure | goal | met | detail", "--- | --- | --- | --- | ---", ...rows]
    .map((row) => `| ${row} |\n`)
    .join("");
}
