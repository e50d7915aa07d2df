import type { Range } from "./range.js";
import { type Choices, replaceVariables } from "./variables.js";

const escape = (value: string): string => value.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\\$&`);

/** Several values become a regular expression that matches any of them. */
const regex = (values: readonly string[]): string =>
  values.length === 1 ? escape(values[0] ?? "") : `(${values.map(escape).join("|")})`;

/** Scrapes that a rate needs at least; the data source takes four of them. */
const SCRAPES = 4;

/** The PromQL that Grafana would send. `scrapeSeconds`: the scrape interval that the data source is told. */
export function interpolatePromql(
  expr: string,
  range: Range,
  choices: Choices,
  scrapeSeconds: number,
): string {
  const rate = Math.max(range.step + scrapeSeconds, SCRAPES * scrapeSeconds);
  return replaceVariables(expr, choices, {}, regex)
    .replaceAll("$__rate_interval", `${rate}s`)
    .replaceAll("$__range", `${Math.ceil(range.to - range.from)}s`)
    .replaceAll("$__interval", `${range.step}s`)
    .replaceAll(/\$__\w+/g, (whole) => {
      throw new Error(`${whole} is not known`);
    });
}
