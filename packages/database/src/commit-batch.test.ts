import { sql } from "kysely";
import { expect, test } from "vitest";
import { type CommitMode, SuspectBatchError, commitBatch } from "./commit-batch.js";
import type { DeadLetter } from "./dead-letters/dead-letter.js";
import { errorCode } from "./errors.js";
import { applyJobEvents } from "./jobs/apply.js";
import type { JobEvent } from "./jobs/model.js";
import { useEmptyTables } from "./testing/database.js";
import { start } from "./testing/job-samples.js";
import { deadLetter } from "./testing/letter-samples.js";

const database = useEmptyTables();

const commit = async (events: readonly JobEvent[], deadLetters: readonly DeadLetter[] = []) => {
  const { outcomes } = await commitBatch(database(), {
    events,
    deadLetters,
    apply: applyJobEvents,
    toDeadLetter: (event, error) =>
      deadLetter({
        streamSequence: event.kind === "start_job" ? Number(event.job.jobId) : 0,
        reason: "database_refused",
        message: String(error),
        sqlstate: errorCode(error),
      }),
  });
  return outcomes;
};

const jobIds = async () =>
  (await database().selectFrom("job").select("job_id").orderBy("job_id").execute()).map((row) => row.job_id);

/** Passes every check before the database: text with a NUL is what jsonb refuses. */
const poison = (jobId: bigint) => start({ jobId, metaData: { script: "\u0000" } });

test("events and dead letters commit together", async () => {
  const hostile = deadLetter({
    message: "key \u0000 \ud800",
    headers: { a: ["\u0000\ud800"] },
    lineNumber: 2,
  });
  expect(await commit([start()], [deadLetter(), hostile])).toEqual(["applied"]);
  const rows = await database().selectFrom("dead_letter").selectAll().orderBy("line_number").execute();
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatchObject({
    stream: "CC_JOB",
    stream_sequence: 1n,
    raw: Buffer.of(0, 255, 10),
    reason: "unknown_key",
    received_at: new Date("2025-10-09T08:53:20.123Z"),
  });
});

test("the dead letter of a message that comes again is written once", async () => {
  await commit([], [deadLetter()]);
  await commit([], [deadLetter()]);
  const rows = await database().selectFrom("dead_letter").select("id").execute();
  expect(rows).toHaveLength(1);
});

test("the database refuses one event: it becomes a dead letter with its SQLSTATE, the others commit", async () => {
  const events = [1n, 2n, 3n, 4n, 5n].map((jobId) => (jobId === 4n ? poison(jobId) : start({ jobId })));
  expect(await commit(events, [deadLetter()])).toEqual([
    "applied",
    "applied",
    "applied",
    "rejected",
    "applied",
  ]);
  expect(await jobIds()).toEqual([1n, 2n, 3n, 5n]);
  const refused = await database()
    .selectFrom("dead_letter")
    .selectAll()
    .where("reason", "=", "database_refused")
    .execute();
  expect(refused).toHaveLength(1);
  expect(refused[0]).toMatchObject({ stream_sequence: 4n, sqlstate: "22P05" });
});

test("when half of a batch is refused nothing is committed: the fault is ours", async () => {
  const events = Array.from({ length: 16 }, (_, i) =>
    i % 2 === 0 ? poison(BigInt(i + 1)) : start({ jobId: BigInt(i + 1) }),
  );
  const failing = commit(events);
  await expect(failing).rejects.toBeInstanceOf(SuspectBatchError);
  await expect(failing).rejects.toThrow(/^the database refused 8 of 16 events, first: .*Unicode/);
  expect(await jobIds()).toEqual([]);
  expect(await database().selectFrom("dead_letter").selectAll().execute()).toEqual([]);
});

test.each([
  ["a lone event", 1, 1],
  ["seven events, too few to tell", 7, 7],
  ["eight, less than half of their batch", 8, 17],
])("%s that the database refuses: dead letters, and the service goes on", async (_, bad, all) => {
  const events = Array.from({ length: all }, (__, i) =>
    i < bad ? poison(BigInt(i + 1)) : start({ jobId: BigInt(i + 1) }),
  );
  expect((await commit(events)).filter((outcome) => outcome === "rejected")).toHaveLength(bad);
  expect(await jobIds()).toHaveLength(all - bad);
  expect(await database().selectFrom("dead_letter").select("id").execute()).toHaveLength(bad);
});

test("a broken connection makes no dead letter", async () => {
  const failing = commitBatch(database(), {
    events: [start()],
    deadLetters: [deadLetter()],
    async apply(trx) {
      await sql`SELECT pg_terminate_backend(pg_backend_pid())`.execute(trx);
      return { outcomes: ["applied"], effects: [] };
    },
    toDeadLetter: () => deadLetter(),
  });
  await expect(failing).rejects.toThrow(/terminat/i);
  expect(await database().selectFrom("dead_letter").selectAll().execute()).toEqual([]);
  expect(await commit([start()])).toEqual(["applied"]);
});

test("infrastructure that fails while the bad event is being looked for makes no dead letter", async () => {
  const failing = commitBatch(database(), {
    events: [start({ jobId: 1n }), poison(2n), start({ jobId: 3n })],
    deadLetters: [deadLetter()],
    toDeadLetter: () => deadLetter(),
    async apply(trx, part: readonly JobEvent[]) {
      const applied = await applyJobEvents(trx, part);
      const [only, ...more] = part;
      if (more.length === 0 && only?.kind === "start_job" && only.job.jobId === 3n)
        await sql`DO $$ BEGIN RAISE EXCEPTION 'disk full' USING ERRCODE = '53100'; END $$`.execute(trx);
      return applied;
    },
  });
  await expect(failing).rejects.toMatchObject({ code: "53100" });
  expect(await jobIds()).toEqual([]);
  expect(await database().selectFrom("dead_letter").selectAll().execute()).toEqual([]);
});

test("a batch that runs out of time is committed in parts, down to the single event that does", async () => {
  const sizes: number[] = [];
  const slow = 5n;
  const events = [1n, 2n, 3n, 4n, slow, 6n, 7n].map((jobId) => start({ jobId }));
  const committing = (mode: CommitMode) =>
    commitBatch(
      database(),
      {
        events,
        deadLetters: [deadLetter()],
        toDeadLetter: () => deadLetter(),
        async apply(trx, part: readonly JobEvent[]) {
          sizes.push(part.length);
          const applied = await applyJobEvents(trx, part);
          if (part.some((event) => event.kind === "start_job" && event.job.jobId === slow)) {
            await sql`SET LOCAL statement_timeout = 1`.execute(trx);
            await sql`SELECT pg_sleep(5)`.execute(trx);
          }
          return applied;
        },
      },
      mode,
    );
  await expect(committing("whole")).rejects.toMatchObject({ code: "57014" });
  expect([sizes, await jobIds()]).toEqual([[7], []]);
  await expect(committing("parts")).rejects.toMatchObject({ code: "57014" });
  expect(sizes).toEqual([7, 7, 4, 3, 2, 1, 1, 1]);
  // What fitted stays; when the whole batch comes again it is a duplicate.
  expect(await jobIds()).toEqual([1n, 2n, 3n, 4n, 6n, 7n]);
  expect(await database().selectFrom("dead_letter").select("id").execute()).toHaveLength(1);
});
