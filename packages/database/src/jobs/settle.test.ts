import type { Transaction } from "kysely";
import { describe, expect, test } from "vitest";
import { classifyDatabaseError } from "../errors.js";
import type { Schema } from "../schema.js";
import { useEmptyTables } from "../testing/database.js";
import { start, stop } from "../testing/job-samples.js";
import { applyJobEvents } from "./apply.js";
import { commitJobs } from "./commit.js";
import type { JobEvent } from "./model.js";
import { isolationFor, settleJobs } from "./settle.js";

const database = useEmptyTables(8);
const T = 1_760_000_000;

/** Applies each batch in a transaction of its own, which sees what was there before all of them. */
async function applyUnseen(...batches: readonly JobEvent[][]): Promise<void> {
  let left = batches.length;
  const all = Promise.withResolvers<void>();
  const apply = async (trx: Transaction<Schema>, batch: readonly JobEvent[]): Promise<void> => {
    // The first statement takes the snapshot.
    await trx.selectFrom("job").select("id").execute();
    if (--left === 0) all.resolve();
    await all.promise;
    await applyJobEvents(trx, batch);
  };
  const isolation = isolationFor(undefined);
  await Promise.all(
    batches.map((batch) =>
      database()
        .transaction()
        .setIsolationLevel(isolation)
        .execute((trx) => apply(trx, batch)),
    ),
  );
}

const runs = () =>
  database()
    .selectFrom("job")
    .select(["start_time", "job_state", "stop_time", "stop_source"])
    .orderBy("start_time")
    .execute();
const parked = () => database().selectFrom("parked_stop").select(["stop_time", "reason"]).execute();
const settle = () => settleJobs(database(), [1001n], undefined);

describe("what batches have made of a job without seeing each other", () => {
  test("a start and its stop: the stop ends the run, and that is told", async () => {
    await applyUnseen([start({ startTime: T })], [stop({ stopTime: T + 60 })]);
    expect(await runs()).toMatchObject([{ job_state: "running" }]);
    expect(await settle()).toMatchObject([{ what: "stopped", startTime: T }]);
    expect(await runs()).toMatchObject([{ job_state: "completed", stop_time: BigInt(T + 60) }]);
    expect(await parked()).toEqual([]);
  });

  test("a later run, and the stop that an earlier one took: it belongs to the later", async () => {
    await applyUnseen([start({ startTime: T }), stop({ stopTime: T + 60 })], [start({ startTime: T + 30 })]);
    await settle();
    expect(await runs()).toMatchObject([
      { job_state: "preempted", stop_time: BigInt(T + 30) },
      { job_state: "completed", stop_time: BigInt(T + 60) },
    ]);
  });

  test("a stop that came twice, and ended its run once", async () => {
    await applyUnseen([start({ startTime: T }), stop({ stopTime: T + 60 })], [stop({ stopTime: T + 60 })]);
    expect(await parked()).toMatchObject([{ reason: "no_run" }]);
    await settle();
    expect(await parked()).toEqual([]);
    expect(await runs()).toMatchObject([{ job_state: "completed" }]);
  });

  test("a stop that came twice, and ended two runs", async () => {
    const ending = stop({ stopTime: T + 60 });
    await applyUnseen([start({ startTime: T }), ending], [start({ startTime: T + 30 }), ending]);
    await settle();
    expect(await runs()).toMatchObject([
      { stop_source: "superseded", stop_time: BigInt(T + 30) },
      { stop_source: "event", stop_time: BigInt(T + 60) },
    ]);
    expect(await parked()).toEqual([]);
  });

  test("what is consistent is left alone", async () => {
    await applyUnseen([start({ startTime: T }), stop({ stopTime: T - 60 }), start({ startTime: T + 10 })]);
    const before = [await runs(), await parked()];
    expect(await settle()).toEqual([]);
    expect([await runs(), await parked()]).toEqual(before);
  });
});

test.each([
  ["store the same run", [start()], [start()]],
  ["end the same run", [stop({ jobId: 7n, stopTime: T + 1 })], [stop({ jobId: 7n, stopTime: T + 2 })]],
  ["park the same stop", [stop({ jobId: 8n })], [stop({ jobId: 8n })]],
])("of two transactions that %s one meets a conflict", async (_, one, other) => {
  await applyUnseen([start({ jobId: 7n, startTime: T })]);
  const failed = await applyUnseen(one, other).catch((error: unknown) => error);
  expect(classifyDatabaseError(failed)).toBe("conflict");
});

test("a batch that meets others is committed all the same", async () => {
  const commit = () =>
    commitJobs(
      database(),
      {
        events: [start(), stop({ stopTime: T + 60 })],
        deadLetters: [],
        toDeadLetter: (_, error) => {
          throw error;
        },
      },
      "whole",
    );
  await Promise.all(Array.from({ length: 8 }, commit));
  expect(await runs()).toMatchObject([{ job_state: "completed" }]);
  expect(await parked()).toEqual([]);
});
