import { sql } from "kysely";
import { expect, test } from "vitest";
import { commitBatch } from "./commit-batch.js";
import { applyJobEvents } from "./jobs/apply.js";
import { readOverview } from "./overview.js";
import { waitingLetters, waitingStops } from "./waiting.js";
import { useEmptyTables } from "./testing/database.js";
import { start, stop } from "./testing/job-samples.js";

const db = useEmptyTables();

test("empty tables are counted as such", async () => {
  expect(await readOverview(db(), 3_600)).toEqual({
    jobs: { rows: 0, exact: true },
    runningJobs: 0,
    parkedStops: 0,
    overdueStops: 0,
    nodes: 0,
    nodeStates: { rows: 0, exact: true },
    deadLetters: {},
  });
});

test("jobs are counted with those that run, parked stops and dead letters by reason", async () => {
  const letter = (lineNumber: number, reason: string) => ({
    service: "ingest-jobs",
    stream: "CC_JOB",
    streamSequence: 1,
    receivedAt: 1_760_000_000_000_000_000n,
    subject: "cc.job.event",
    headers: undefined,
    lineNumber,
    raw: Buffer.from("?"),
    reason,
    message: "wrong",
    sqlstate: undefined,
    build: "test",
  });
  await commitBatch(db(), {
    events: [start({ jobId: 1n }), start({ jobId: 2n }), stop({ jobId: 2n }), stop({ jobId: 3n })],
    deadLetters: [letter(1, "json_syntax"), letter(2, "json_syntax"), letter(3, "missing_key")],
    apply: applyJobEvents,
    toDeadLetter: () => letter(4, "database_refused"),
  });
  expect(await readOverview(db(), 3_600)).toMatchObject({
    jobs: { rows: 2, exact: true },
    runningJobs: 1,
    parkedStops: 1,
    overdueStops: 1,
    deadLetters: { json_syntax: 2, missing_key: 1 },
  });
  const now = Date.now() / 1000;
  const letters = await waitingLetters(db(), "ingest-jobs");
  expect(letters.count).toBe(3);
  expect(letters.oldestSeconds).toBeCloseTo(now - 1_760_000_000, -2);
  expect(await waitingLetters(db(), "ingest-nodestate")).toEqual({ count: 0, oldestSeconds: 0 });
  const stops = await waitingStops(db());
  expect(stops.count).toBe(1);
  expect(stops.oldestSeconds).toBeGreaterThan(0);
});

test("more node states than one wants to count are estimated", async () => {
  await sql`SELECT ensure_node_state_partition('2026-03-01')`.execute(db());
  await sql`INSERT INTO node_state (node_id, time_stamp, time_ns, node_state, states, jobs_running, cpus_allocated,
      memory_allocated, gpus_allocated)
    SELECT n, extract(epoch FROM date '2026-03-01')::bigint, 0, 'idle', '{idle}', 0, 0, 0, 0
    FROM generate_series(1, 1000500) AS n`.execute(db());
  await sql`ANALYZE node_state`.execute(db());
  const { nodeStates } = await readOverview(db(), 3_600);
  expect(nodeStates.exact).toBe(false);
  expect(nodeStates.rows / 1_000_500).toBeCloseTo(1, 1);
});
