import { type Choices, dashboards, panelsOf, rangeOf } from "@cc-ingest/grafana";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { startLine, stopLine } from "../testing/fixtures.js";
import { JOBS, useStack } from "../testing/stack.js";
import { askSql } from "./sql-answers.js";
import { useReader } from "./use-reader.js";

// What dashboards do so that weeks of many jobs cost little, and that it does not change what they tell.

const stack = useStack();
const reader = useReader(stack);

const HOUR = 3600;
const DAY = 24 * HOUR;
const now = Math.floor(Date.now() / 1000);

async function ask(title: string, cluster: string, from: number, to: number) {
  const panel = dashboards.flatMap(panelsOf).find((each) => each.title === title);
  const query = panel?.queries[0];
  if (query?.source !== "postgres") throw new Error(`there is no panel ${title}`);
  const choices: Choices = { cluster };
  // One step, so that all of it is one value.
  return (await askSql(reader(), query, rangeOf(from, to, 1, "1m"), choices)).rows;
}

test("node-hours of weeks are the same before and after the service has added up their days", async () => {
  const { running, publish, drained, db } = stack();
  const first = await running("ingest-jobs");
  for (const days of [20, 10, 5, 0]) {
    const stopped = now - days * DAY - 60;
    await publish(JOBS, startLine(100 + days, stopped - 10 * HOUR, { user: `user${days % 10}` }));
    await publish(JOBS, stopLine(100 + days, stopped));
  }
  await drained("ingest-jobs");
  const questions = async () => {
    const answers = [];
    for (const title of ["Node-hours", "Node-hours by user", "Node-hours by project"])
      answers.push(await ask(title, "fritz", now - 30 * DAY, now));
    return answers;
  };
  const expected = [
    [{ value: 40 }],
    [
      { user: "user0", "node-hours": 30, jobs: "3" },
      { user: "user5", "node-hours": 10, jobs: "1" },
    ],
    [{ project: "k106eb", "node-hours": 40, jobs: "4" }],
  ];
  expect(await questions()).toEqual(expected);
  first.kill("SIGTERM");
  expect(await first.exit).toBe(0);
  const second = await running("ingest-jobs");
  await second.logged("added up the usage of days gone by");
  const summed = await db.selectFrom("job_usage").select("jobs").where("part", "=", "all").execute();
  expect(summed.map(({ jobs }) => jobs)).toEqual([1n, 1n, 1n]);
  expect(await questions()).toEqual(expected);
});

const MANY = 160_000;
const FAILED = 25_000;
const BEGAN = now - 10 * DAY;

test("quantiles of many jobs are those of every eighth, of fewer those of all; failures are the newest", async () => {
  const { db } = stack();
  // One starts in each second. Every eighth waits for 7 s and uses a tenth of its walltime, the others 1 s and a hundredth. The last
  // ones fail, first on one node and then, those that are counted, on another.
  await sql`
    INSERT INTO job (id, job_id, cluster, subcluster, submit_time, start_time, hpc_user, project, cluster_partition, duration, walltime,
      job_state, resources, num_nodes, event_time, start_digest, stop_time, stop_source, stop_names_cluster, stop_names_start)
    SELECT 8000000 + i, i, 'many', '', began - CASE WHEN i & 7 = 0 THEN 7 ELSE 1 END, began, 'u', 'p', 'q', 1,
      CASE WHEN i & 7 = 0 THEN 10 ELSE 100 END, CASE WHEN i <= ${MANY - FAILED} THEN 'completed' ELSE 'failed' END,
      jsonb_build_array(jsonb_build_object('hostname', CASE WHEN i <= ${MANY - 20_000} THEN 'first' ELSE 'then' END)),
      1, began, i, began + 1, 'event', true, true
    FROM generate_series(1, ${MANY}::bigint) AS i, LATERAL (SELECT ${BEGAN}::bigint + i AS began) AS made`.execute(
    db,
  );
  await sql`ANALYZE job`.execute(db);
  const quantiles = async (title: string, to: number) =>
    (await ask(title, "many", BEGAN, to)).flatMap(({ p50, p95 }) =>
      p50 === null ? [] : [p50, p95].map(Number),
    );
  const all = BEGAN + MANY + 60;
  expect(new Set(await quantiles("Waiting", all))).toEqual(new Set([7]));
  expect(new Set(await quantiles("Used share of the walltime", all))).toEqual(new Set([0.1]));
  const fewer = BEGAN + MANY - FAILED;
  expect(new Set(await quantiles("Waiting", fewer))).toEqual(new Set([1, 7]));
  expect(new Set(await quantiles("Used share of the walltime", fewer))).toEqual(new Set([0.01, 0.1]));
  expect(await ask("Failures by node", "many", BEGAN, all)).toMatchObject([
    { hostname: "then", failures: "20000" },
  ]);
  expect(await ask("Failures by node", "many", BEGAN, BEGAN + MANY - 20_000)).toMatchObject([
    { hostname: "first", failures: "4999" },
  ]);
});
