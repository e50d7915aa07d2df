import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { useTempDirectory } from "@cc-ingest/devstack/testing";
import type { Database } from "@cc-ingest/database";
import { sql } from "kysely";
import { expect, test, vi } from "vitest";
import { nodesLine, startLine, stopLine } from "../testing/fixtures.js";
import { openRunbook } from "../testing/runbook.js";
import { until } from "../testing/service-process.js";
import { JOBS, NODES, useStack } from "../testing/stack.js";

const stack = useStack();
const directory = useTempDirectory();
const T = 1_760_000_000;

const storedJobs = async () =>
  (await stack().db.selectFrom("job").select("job_id").execute()).map(({ job_id }) => Number(job_id));

const consumer = () => stack().jsm.consumers.info("CC_JOB", "ingest-jobs");

/** Waits until the one message that was published is being worked on. */
const inHand = () => vi.waitFor(async () => expect((await consumer()).num_ack_pending).toBe(1), until);

/** As a database does that is busy with something else. */
async function keepWritersOff(trx: Database): Promise<void> {
  await sql`SET LOCAL idle_in_transaction_session_timeout = 0`.execute(trx);
  await sql`LOCK TABLE job IN EXCLUSIVE MODE`.execute(trx);
}

async function file(name: string, text: string): Promise<string> {
  const path = join(directory(), name);
  await writeFile(path, text);
  return path;
}

test("service-down", async () => {
  const { running, publish, drained, env } = stack();
  await running("ingest-nodestate");
  const service = await running("ingest-jobs");
  service.kill("SIGKILL");
  await service.exit;
  // Until the broker knows, it may deliver to the one that is gone.
  await vi.waitFor(async () => expect((await consumer()).num_waiting).toBe(0), until);
  await publish(JOBS, startLine(1, T));
  const runbook = openRunbook("service-down", env);
  const shown = await runbook.next();
  expect(shown).toMatch(/cc\.job\.event +CC_JOB +1 .* 1 +0 +0$/m);
  expect(shown).not.toMatch(/^ +ingest-jobs /m);
  expect(await runbook.next()).toContain('"durable": "ingest-jobs"');
  await running("ingest-jobs");
  await drained("ingest-jobs");
  const after = await runbook.next();
  expect(after).toMatch(/^ +ingest-jobs /m);
  expect(after).toMatch(/cc\.job\.event +CC_JOB .* 0 +0 +0$/m);
  expect(await storedJobs()).toEqual([1]);
  runbook.finished();
});

test("lag-growing", async () => {
  const { running, publish, drained, db, env } = stack();
  await running("ingest-jobs");
  await running("ingest-nodestate");
  const runbook = await db.transaction().execute(async (trx) => {
    await keepWritersOff(trx);
    await publish(JOBS, startLine(2, T));
    await inHand();
    const opened = openRunbook("lag-growing", env);
    expect(await opened.next()).toMatch(/cc\.job\.event +CC_JOB .* 0 +1 +0$/m);
    return opened;
  });
  await runbook.next();
  await drained("ingest-jobs");
  expect(await runbook.next()).toMatch(/cc\.job\.event +CC_JOB .* 0 +0 +0$/m);
  expect(await storedJobs()).toContain(2);
  runbook.finished();
});

test("redeliveries", async () => {
  const { running, publish, drained, db, env } = stack();
  const patience = { INGEST_JOBS_ACK_WAIT_SECONDS: "5" };
  await running("ingest-nodestate");
  const first = await running("ingest-jobs", patience);
  const runbook = await db.transaction().execute(async (trx) => {
    await keepWritersOff(trx);
    await publish(JOBS, startLine(3, T));
    await inHand();
    first.kill("SIGKILL");
    await first.exit;
    await running("ingest-jobs", patience);
    await vi.waitFor(async () => expect((await consumer()).num_redelivered).toBe(1), until);
    const opened = openRunbook("redeliveries", env);
    expect(await opened.next()).toMatch(/cc\.job\.event +CC_JOB .* 1 +1$/m);
    return opened;
  });
  await runbook.next();
  await drained("ingest-jobs");
  expect(await runbook.next()).toMatch(/cc\.job\.event +CC_JOB .* 0 +0 +0$/m);
  expect(await storedJobs()).toContain(3);
  runbook.finished();
});

test("no-node-reports", async () => {
  const { running, publish, drained, db, env } = stack();
  await running("ingest-jobs");
  await running("ingest-nodestate");
  await publish(NODES, nodesLine(T, ["f0101"]));
  await drained("ingest-nodestate");
  const runbook = openRunbook("no-node-reports", env);
  expect(await runbook.next()).toMatch(/cc\.node\.state +CC_NODE +1 .* 0 +0 +0$/m);
  await runbook.next();
  const report = nodesLine(T + 60, ["f0101"], { states: ["down"] });
  await runbook.next({ REPORT: await file("report.lp", report) });
  await drained("ingest-nodestate");
  expect(await db.selectFrom("node").select("node_state").execute()).toEqual([{ node_state: "down" }]);
  expect(await runbook.next()).toMatch(/cc\.node\.state +CC_NODE +2 /m);
  runbook.finished();
});

test("overdue-stops", async () => {
  const { running, publish, drained, env } = stack();
  await running("ingest-nodestate");
  await running("ingest-jobs");
  await publish(JOBS, stopLine(5, T + 60));
  await drained("ingest-jobs");
  const runbook = openRunbook("overdue-stops", env);
  expect(await runbook.next()).toContain("1 overdue: their starts have not come");
  await runbook.next();
  await runbook.next({ STARTS: await file("starts.lp", startLine(5, T)) });
  await drained("ingest-jobs");
  expect(await runbook.next()).toMatch(/parked stops +0/);
  expect(await storedJobs()).toContain(5);
  runbook.finished();
});
