import { type Choices, type PromQuery, type Range, interpolatePromql } from "@cc-ingest/grafana";

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  /** Over the range, or one. */
  readonly numbers: readonly number[];
}

interface PromResult {
  readonly resultType: "vector" | "matrix";
  readonly result: readonly {
    readonly metric: Readonly<Record<string, string>>;
    readonly value?: readonly [number, string];
    readonly values?: readonly (readonly [number, string])[];
  }[];
}

/** What a Prometheus at `url` answers to `/api/v1/<path>`. */
export async function api<T>(
  url: string,
  path: string,
  query: Readonly<Record<string, string>> = {},
): Promise<T> {
  const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(query).toString()}`);
  const answer = (await response.json()) as { status: string; error?: string; data: T };
  if (answer.status !== "success") throw new Error(`${query["query"] ?? path}: ${answer.error}`);
  return answer.data;
}

/** Answers as Grafana gets them: over a range for a graph, at its end for a single value. */
export async function askProm(
  url: string,
  { expr, instant }: Pick<PromQuery, "expr" | "instant">,
  range: Range,
  choices: Choices,
  scrapeSeconds: number,
): Promise<Series[]> {
  const query = interpolatePromql(expr, range, choices, scrapeSeconds);
  const [start, end, step] = [range.from, range.to, range.step].map(String) as [string, string, string];
  const { resultType, result } = instant
    ? await api<PromResult>(url, "query", { query, time: end })
    : await api<PromResult>(url, "query_range", { query, start, end, step });
  if (resultType !== (instant ? "vector" : "matrix")) throw new Error(`${query} gives a ${resultType}`);
  return result.map(({ metric, value, values = [] }) => ({
    metric,
    numbers: (value === undefined ? values : [value]).map(([, number]) => Number(number)),
  }));
}
