import { sql } from "kysely";
import { expect, test } from "vitest";
import { commitBatch } from "../commit-batch.js";
import { commitJobs } from "../jobs/commit.js";
import type { JobEvent } from "../jobs/model.js";
import { migrations } from "../migrations/index.js";
import { readOverview } from "../overview.js";
import { useEmptyTables } from "../testing/database.js";
import { sampleWindow, start } from "../testing/job-samples.js";
import { deadLetter } from "../testing/letter-samples.js";
import {
  AnsweredMeanwhileError,
  claimLetters,
  discardLetters,
  finishReplay,
  recordReplay,
} from "./answer-letters.js";
import type { DeadLetter } from "./dead-letter.js";
import { findLetters, readLetters } from "./find-letters.js";
import { beginLoneAttempt, endLoneAttempt, giveUpMessage, readGivenUp } from "./lone-attempts.js";

const database = useEmptyTables();
const alice = { name: "alice", build: "1.0.0" };
const line = String.raw`job,function=start_job event="{\"cluster\":\"fritz\",\"jobId\":9007199254740993,`;

const letter = (overrides: Partial<DeadLetter> = {}): DeadLetter =>
  deadLetter({
    raw: Buffer.from(line),
    headers: { a: ["1", "2"] },
    reason: "json_syntax",
    ...overrides,
  });

const store = async (...deadLetters: DeadLetter[]) => {
  const toDeadLetter = () => letter();
  await commitBatch(database(), {
    events: [],
    deadLetters,
    apply: async () => ({ outcomes: [], effects: [] }),
    toDeadLetter,
  });
};
const find = () => findLetters(database(), {}, { order: "oldest first", limit: 100 });
const readAll = async () =>
  await readLetters(
    database(),
    (await find()).map(({ id }) => id),
  );

/** Claims, and says what became of them. */
const replay = async (outcome: "applied" | "refused") => {
  const letters = await readAll();
  await database()
    .transaction()
    .execute(async (trx) => {
      await claimLetters(trx, letters);
      await recordReplay(
        trx,
        letters.map((each) => ({ letter: each, outcome })),
        alice,
      );
    });
  return letters;
};

test("a dead letter is read as it was written, its time to the nanosecond, with what it is about", async () => {
  await store(letter());
  expect(await readAll()).toEqual([
    {
      ...letter(),
      id: 1n,
      status: "open",
      cluster: "fritz",
      jobId: 9_007_199_254_740_993n,
      edited: undefined,
    },
  ]);
});

test("a whole message is about nothing in particular", async () => {
  await store(letter({ lineNumber: 0 }));
  expect(await find()).toMatchObject([{ cluster: undefined, jobId: undefined }]);
});

test("the message that comes again does not open what has been answered", async () => {
  await store(letter(), letter({ lineNumber: 2 }), letter({ lineNumber: 3 }));
  const letters = await replay("applied");
  await finishReplay(database(), letters.slice(0, 1));
  await sql`UPDATE dead_letter SET status = 'discarded' WHERE line_number = 2`.execute(database());
  await store(letter(), letter({ lineNumber: 2 }), letter({ lineNumber: 3 }));
  expect((await find()).map(({ status }) => status)).toEqual(["replayed", "discarded", "replaying"]);
});

test("what is answered does not count as a dead letter any more; what was interrupted does", async () => {
  await store(letter(), letter({ lineNumber: 2 }), letter({ lineNumber: 3, reason: "unknown_key" }));
  await finishReplay(database(), (await replay("applied")).slice(0, 1));
  const { deadLetters } = await readOverview(database(), 3_600);
  expect(deadLetters).toEqual({ json_syntax: 1, unknown_key: 1 });
});

test("one that somebody else has answered can't be claimed, and nothing of it is written", async () => {
  await store(letter(), letter({ lineNumber: 2 }));
  const stale = await readAll();
  const [first] = await find();
  if (first === undefined) throw new Error("no letter");
  expect(await discardLetters(database(), [first], alice, undefined)).toEqual(new Set([first.id]));
  const claiming = database()
    .transaction()
    .execute((trx) => claimLetters(trx, stale));
  await expect(claiming).rejects.toBeInstanceOf(AnsweredMeanwhileError);
  expect((await find()).map(({ status }) => status)).toEqual(["discarded", "open"]);
  expect(await discardLetters(database(), [first], alice, undefined)).toEqual(new Set());
});

test("one that was opened again while its replay ended stays open", async () => {
  await store(letter());
  const letters = await replay("refused");
  await finishReplay(database(), letters);
  expect(await find()).toMatchObject([{ status: "open" }]);
});

test("the dead letters of earlier versions learn what they are about when the schema is brought up to date", async () => {
  const migration = migrations["0008-dead-letter-answers"];
  await database()
    .transaction()
    .execute(async (trx) => {
      await migration?.down?.(trx);
      await sql`INSERT INTO dead_letter (service, stream, stream_sequence, received_at, subject, line_number, raw, reason, message, build)
        SELECT 'ingest-jobs', 'CC_JOB', n, now(), 's', n % 3, ${Buffer.from(line)}, 'json_syntax', '', '0.0.1'
        FROM generate_series(1, 1100) AS n`.execute(trx);
      await migration?.up(trx);
    });
  const { rows } =
    await sql`SELECT line_number = 0 AS whole, cluster, job_id, status, count(*)::integer AS letters
    FROM dead_letter GROUP BY 1, 2, 3, 4 ORDER BY 1`.execute(database());
  expect(rows).toEqual([
    { whole: false, cluster: "fritz", job_id: 9_007_199_254_740_993n, status: "open", letters: 734 },
    { whole: true, cluster: null, job_id: null, status: "open", letters: 366 },
  ]);
});

test("lone attempts are counted until one ends; giving up leaves the dead letter and no attempt", async () => {
  const message = letter({ lineNumber: 0, reason: "crashes_service" });
  const begin = () => beginLoneAttempt(database(), message);
  expect([await begin(), await begin(), await begin()]).toEqual([0, 1, 2]);
  expect(await beginLoneAttempt(database(), { ...message, streamSequence: 2 })).toBe(0);
  expect(await beginLoneAttempt(database(), { ...message, receivedAt: message.receivedAt + 1_000n })).toBe(0);
  await endLoneAttempt(database(), message);
  expect(await begin()).toBe(0);
  expect(await readGivenUp(database(), [message])).toEqual(new Set());
  await giveUpMessage(database(), message);
  expect(await find()).toMatchObject([{ lineNumber: 0, reason: "crashes_service" }]);
  const others = [
    { ...message, streamSequence: 2 },
    { ...message, receivedAt: message.receivedAt + 1_000n },
  ];
  expect(await readGivenUp(database(), [...others, message])).toEqual(new Set([message.streamSequence]));
  expect(await readGivenUp(database(), others)).toEqual(new Set());
  expect(await begin()).toBe(0);
});

const SECONDS = 100;
const T = 1_760_000_000;
const commit = (events: readonly JobEvent[]) =>
  commitJobs(
    database(),
    { events, deadLetters: [], toDeadLetter: () => letter() },
    "whole",
    sampleWindow(SECONDS),
  );
const job = (startTime: number) => start({ startTime });

test("a run that the duplicate window takes away opens its line again, unless that was discarded", async () => {
  await commit([job(T), job(T + 60)]);
  const [first] = await find();
  expect(first).toMatchObject({ reason: "duplicate_job", status: "open", jobId: 1001n, cluster: "fritz" });
  await replay("applied");
  // The run before it is refused now, so it stands, and then again it does not.
  await commit([job(T - 60)]);
  expect((await find()).map(({ status }) => status).toSorted()).toEqual(["open", "replaying"]);
  await commit([job(T - 120)]);
  expect((await find()).map(({ status }) => status)).toEqual(["open", "open"]);
  expect((await find()).map(({ id }) => id)).toContain(first?.id);
});

test("a discarded line of the duplicate window stays discarded, whatever comes again", async () => {
  await commit([job(T), job(T + 60)]);
  await discardLetters(database(), await find(), alice, undefined);
  await commit([job(T + 60), job(T)]);
  await commit([job(T + 60)]);
  expect(await find()).toMatchObject([{ status: "discarded", reason: "duplicate_job" }]);
});
