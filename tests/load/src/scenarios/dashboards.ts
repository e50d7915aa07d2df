import { dashboards as specs, interpolateSql, panelsOf, rangeOf } from "@cc-ingest/grafana";
import pg from "pg";
import { JOBS, fillJobHistory } from "../job-history.ts";
import { CLUSTER, DAYS, END, NODES, fillNodeHistory } from "../node-history.ts";
import { type Finding, median, note } from "../report.ts";
import { startStack } from "../stack.ts";

const GOAL_MS = 200;
const ROUNDS = 10;
const DAY = 86_400;
const CHOICES = { cluster: CLUSTER, node: "f0500", stale: "600" };
const SPANS: Readonly<Record<string, number>> = { "now-1h": 3600, "now-24h": DAY, "now-7d": 7 * DAY };

/** Every query to Postgres of every dashboard, over what the dashboard shows at first and over all there is. */
export async function dashboards(): Promise<Finding[]> {
  await using stack = await startStack();
  await fillNodeHistory(stack);
  await fillJobHistory(stack);
  const client = new pg.Client({ connectionString: stack.databaseUrl });
  await client.connect();
  const findings: Finding[] = [];
  try {
    for (const spec of specs) {
      const spans = new Set([SPANS[spec.from] ?? DAY, DAYS * DAY]);
      for (const panel of panelsOf(spec)) {
        const { points = 1000, interval = "1m" } = panel.kind === "graph" ? panel : {};
        for (const query of panel.queries) {
          if (query.source !== "postgres") continue;
          for (const span of query.sql.includes("$__unixEpoch") ? spans : [DAY]) {
            const range = rangeOf(END - span, END, points, interval);
            const sql = interpolateSql(query.sql, range, CHOICES);
            const shown = query.sql.includes("$__unixEpoch") ? `, ${span / 3600} h shown` : "";
            findings.push(await timed(client, `${spec.title}: ${panel.title}${shown}`, sql));
          }
        }
      }
    }
  } finally {
    await client.end();
  }
  note(
    `dashboards: ${findings.length} queries, ${findings.filter(({ met }) => !met).length} above ${GOAL_MS} ms`,
  );
  return findings;
}

async function timed(client: pg.Client, what: string, sql: string): Promise<Finding> {
  const { rows: plan } = await client.query<{ "QUERY PLAN": string }>(`EXPLAIN ${sql}`);
  if (plan.some((line) => /Seq Scan on node_state_\d/.test(line["QUERY PLAN"])))
    throw new Error(`${what} reads all of a day of node_state`);
  const times: number[] = [];
  let answers = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const begin = performance.now();
    answers = (await client.query(sql)).rows.length;
    times.push(performance.now() - begin);
  }
  const typical = median(times);
  note(`${typical.toFixed(1)} ms  ${what}`);
  return {
    what: `${what}; ${DAYS} days × ${NODES} nodes × 1/min, ${JOBS} jobs`,
    figure: `${typical.toFixed(1)} ms`,
    goal: `≤ ${GOAL_MS} ms`,
    met: typical <= GOAL_MS,
    detail: `median of ${ROUNDS}, slowest ${Math.max(...times).toFixed(0)} ms; ${answers} rows`,
  };
}
