import { dashboards as specs, interpolateSql, panelsOf, rangeOf } from "@cc-ingest/grafana";
import pg from "pg";
import { JOBS, fillJobHistory } from "../job-history.ts";
import { CLUSTER, DAYS, END, NODES, fillNodeHistory } from "../node-history.ts";
import { noteSlow, spanOf, timePanel } from "../panel-timing.ts";
import type { Finding } from "../report.ts";
import { startStack } from "../stack.ts";

const DAY = 86_400;
const CHOICES = { cluster: CLUSTER, node: "f0500", stale: "600" };
const SIZE = `${DAYS} days × ${NODES} nodes × 1/min, ${JOBS} jobs`;

/** Every query to Postgres of every dashboard, over what the dashboard shows at first, a week and all there is. */
export async function dashboards(): Promise<Finding[]> {
  await using stack = await startStack();
  await fillNodeHistory(stack);
  await fillJobHistory(stack);
  const client = new pg.Client({ connectionString: stack.databaseUrl });
  await client.connect();
  const findings: Finding[] = [];
  try {
    for (const spec of specs) {
      const spans = new Set([spanOf(spec), 7 * DAY, DAYS * DAY]);
      for (const panel of panelsOf(spec)) {
        const { points = 1000, interval = "1m" } = panel.kind === "graph" ? panel : {};
        for (const query of panel.queries) {
          if (query.source !== "postgres") continue;
          for (const span of query.sql.includes("$__unixEpoch") ? spans : [DAY]) {
            const sql = interpolateSql(query.sql, rangeOf(END - span, END, points, interval), CHOICES);
            const name = [spec.title, panel.title, ...series(query.columns)].join(": ");
            const shown = query.sql.includes("$__unixEpoch") ? `, ${span / 3600} h shown` : "";
            await refuseWholeDays(client, name, sql);
            const ask = async () => `${(await client.query(sql)).rows.length} rows`;
            findings.push(await timePanel(`${name}${shown}`, SIZE, ask));
          }
        }
      }
    }
  } finally {
    await client.end();
  }
  noteSlow(findings);
  return findings;
}

/** What tells the queries of one panel apart: the one series of a graph. */
function series(columns: Readonly<Record<string, string>>): string[] {
  const [time, ...others] = Object.keys(columns);
  return time === "time" && others.length === 1 ? others : [];
}

async function refuseWholeDays(client: pg.Client, name: string, sql: string): Promise<void> {
  const { rows: plan } = await client.query<{ "QUERY PLAN": string }>(`EXPLAIN ${sql}`);
  if (plan.some((line) => /Seq Scan on node_state_\d/.test(line["QUERY PLAN"])))
    throw new Error(`${name} reads all of a day of node_state`);
}
