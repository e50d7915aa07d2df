import { type Finding, median, note } from "./report.ts";

const DAY = 86_400;
const GOAL_MS = 200;
const ROUNDS = 10;
const SPANS: Readonly<Record<string, number>> = { "now-1h": 3600, "now-24h": DAY, "now-7d": 7 * DAY };

/** Seconds that a dashboard shows at first. */
export function spanOf({ from }: { readonly from: string }): number {
  const span = SPANS[from];
  if (span === undefined) throw new Error(`${from} is not known`);
  return span;
}

/** `ask` gives how much came back; `of`: what it is asked of. */
export async function timePanel(what: string, of: string, ask: () => Promise<string>): Promise<Finding> {
  const times: number[] = [];
  let answer = "";
  for (let round = 0; round < ROUNDS; round++) {
    const begin = performance.now();
    answer = await ask();
    times.push(performance.now() - begin);
  }
  const typical = median(times);
  note(`${typical.toFixed(1)} ms  ${what}`);
  return {
    what: `${what}; ${of}`,
    figure: `${typical.toFixed(1)} ms`,
    goal: `≤ ${GOAL_MS} ms`,
    met: typical <= GOAL_MS,
    detail: `median of ${ROUNDS}, slowest ${Math.max(...times).toFixed(0)} ms; ${answer}`,
  };
}

export function noteSlow(findings: readonly Finding[]): void {
  const slow = findings.filter(({ met }) => !met).length;
  note(`dashboards: ${findings.length} queries, ${slow} above ${GOAL_MS} ms`);
}
