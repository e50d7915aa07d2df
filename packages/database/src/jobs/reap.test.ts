import { sql } from "kysely";
import { expect, test } from "vitest";
import { useEmptyTables } from "../testing/database.js";
import { start, stop } from "../testing/job-samples.js";
import { applyJobEvents } from "./apply.js";
import type { JobEvent, RunChange } from "./model.js";
import { reapJobs } from "./reap.js";

const database = useEmptyTables();
const T = 1_760_000_000;

const apply = (...events: readonly JobEvent[]) =>
  database()
    .transaction()
    .execute((trx) => applyJobEvents(trx, events));

async function reap(now: number, options: Partial<Parameters<typeof reapJobs>[1]> = {}) {
  const announced: RunChange[] = [];
  const announce = async (changes: readonly RunChange[]) => void announced.push(...changes);
  const closed = await reapJobs(database(), { graceSeconds: 60, now, limit: 100, announce, ...options });
  return { closed, announced };
}

const jobs = () =>
  database()
    .selectFrom("job")
    .select(["job_id", "job_state", "duration", "stop_time", "stop_source"])
    .orderBy("job_id")
    .orderBy("start_time")
    .execute();

const reaped = { job_state: "timeout", duration: 100n, stop_time: BigInt(T + 100), stop_source: "walltime" };
const running = { job_state: "running", duration: 0n, stop_time: null, stop_source: null };

test("a job that outlived walltime and grace ends at its walltime, whenever that is noticed", async () => {
  await apply(start({ jobId: 1n, walltime: 100n }));
  expect(await reap(T + 160)).toEqual({ closed: 0, announced: [] });
  const { closed, announced } = await reap(T + 1_000_000);
  expect(closed).toBe(1);
  expect(announced).toMatchObject([{ jobId: 1n, cluster: "fritz", startTime: T, what: "stopped" }]);
  expect(announced[0]?.close).toMatchObject({ source: "walltime", stopTime: T + 100 });
  expect(await jobs()).toMatchObject([reaped]);
  expect((await reap(T + 1_000_000)).closed).toBe(0);
});

test("without a time of the stream the database's clock decides", async () => {
  const now = Math.floor(Date.now() / 1000);
  await apply(start({ jobId: 1n, walltime: 100n }), start({ jobId: 2n, walltime: 100n, startTime: now }));
  expect((await reap(0, { now: undefined })).closed).toBe(1);
  expect(await jobs()).toMatchObject([reaped, running]);
});

test("jobs without walltime, or with one beyond all time, run on", async () => {
  await apply(start({ jobId: 1n, walltime: 0n }), start({ jobId: 2n, walltime: 9_223_372_036_854_775_807n }));
  expect((await reap(T + 1e9)).closed).toBe(0);
});

test("a real stop that comes later wins, and one that came before stays", async () => {
  await apply(start({ jobId: 1n, walltime: 100n }), start({ jobId: 2n, walltime: 100n }));
  await apply(stop({ jobId: 2n, stopTime: T + 50 }));
  await reap(T + 1_000);
  await apply(stop({ jobId: 1n, stopTime: T + 120, jobState: "failed" }));
  expect(await jobs()).toMatchObject([
    { job_state: "failed", duration: 120n, stop_source: "event" },
    { job_state: "completed", duration: 50n, stop_source: "event" },
  ]);
});

test("a start that tells another walltime after the fact changes the end", async () => {
  await apply(start({ jobId: 1n, walltime: 100n }, 5n), start({ jobId: 2n, walltime: 100n }, 5n));
  await reap(T + 1_000);
  await apply(start({ jobId: 1n, walltime: 40n }, 4n), start({ jobId: 2n, walltime: 0n }, 4n));
  expect(await jobs()).toMatchObject([
    { duration: 40n, stop_time: BigInt(T + 40), stop_source: "walltime" },
    running,
  ]);
});

test("what can't be announced is not closed", async () => {
  await apply(start({ jobId: 1n, walltime: 100n }));
  const failing = reap(T + 1_000, { announce: () => Promise.reject(new Error("no broker")) });
  await expect(failing).rejects.toThrow("no broker");
  expect(await jobs()).toMatchObject([running]);
});

test("closes no more at once than asked for, and says so", async () => {
  await apply(...[1n, 2n, 3n].map((jobId) => start({ jobId, walltime: 100n })));
  expect((await reap(T + 1_000, { limit: 2 })).closed).toBe(2);
  expect((await reap(T + 1_000, { limit: 2 })).closed).toBe(1);
});

test("waits for a batch that ends the same job, and looks again", async () => {
  await apply(start({ jobId: 1n, walltime: 100n }));
  const order: string[] = [];
  const ended = Promise.withResolvers<void>();
  const batch = database()
    .transaction()
    .execute(async (trx) => {
      await applyJobEvents(trx, [stop({ jobId: 1n, stopTime: T + 90 })]);
      ended.resolve();
      await reaperWaiting();
      order.push("batch");
    });
  await ended.promise;
  const { closed } = await reap(T + 1_000);
  order.push("reaper");
  await batch;
  expect([order, closed]).toEqual([["batch", "reaper"], 0]);
  expect(await jobs()).toMatchObject([{ duration: 90n, stop_source: "event" }]);
});

/** Resolves once the reaper waits for the row that the batch has changed. */
async function reaperWaiting(): Promise<void> {
  for (;;) {
    const { rows } = await sql<{
      waiting: boolean;
    }>`SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
        AND query LIKE 'UPDATE job %walltime%') AS waiting`.execute(database());
    if (rows[0]?.waiting === true) return;
  }
}
