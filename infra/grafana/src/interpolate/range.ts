/** What a dashboard shows, and how finely. */
export interface Range {
  /** Unix seconds. */
  readonly from: number;
  readonly to: number;
  /** Seconds between two points. */
  readonly step: number;
}

/** Steps that Grafana takes: the narrowest of these that gives no more points than a panel wants. */
const STEPS = [
  1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
];

/** `narrowest`: as a panel sets it ("5m"). */
export function rangeOf(from: number, to: number, points: number, narrowest = "1s"): Range {
  const least = Math.max((to - from) / points, seconds(narrowest));
  return { from, to, step: STEPS.find((step) => step >= least) ?? 604_800 };
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

function seconds(text: string): number {
  const [, amount = "1", unit = "s"] = /^(\d+)([smhd])$/.exec(text) ?? [];
  return Number(amount) * (UNITS[unit] ?? 1);
}
