import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import type { IsolationLevel } from "kysely";
import { expect, test } from "vitest";
import { commitBatch } from "../commit-batch.js";
import { retryConflicts } from "../retry-conflicts.js";
import { useEmptyTables } from "../testing/database.js";
import { anyDelivery, anyEvents } from "../testing/job-arbitrary.js";
import { type Rules, type Tables, oracle } from "../testing/job-oracle.js";
import { sampleWindow, startEvent } from "../testing/job-samples.js";
import { readTables } from "../testing/job-tables.js";
import { runsFromEnvironment } from "../testing/order-runs.js";
import { applyJobEvents, jobIdsOf } from "./apply.js";
import { commitJobs } from "./commit.js";
import { type JobEvent, type RunChange, closeState, closeTime } from "./model.js";
import { reapJobs } from "./reap.js";
import { isolationFor, settleJobs } from "./settle.js";

const database = useEmptyTables(8);
const ROUND = 1_000_000n;
const LONG_AFTER = 1_760_000_100;

const anyRules: fc.Arbitrary<Rules> = fc.record({
  window: fc.constantFrom(0, 0, 0, 3),
  reapedAt: fc.constantFrom(undefined, LONG_AFTER),
});

/** A round: events, the same shuffled, some of them twice, cut into batches, and after which batches the process dies. */
const anyRound = fc
  .tuple(anyRules, anyEvents)
  .chain(([rules, events]) =>
    fc.tuple(
      fc.constant(rules),
      fc.constant(events),
      anyDelivery(events),
      fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
    ),
  );

/**
 * The invariant that everything else rests on. All batches of a round are applied at once over eight connections, beside the
 * walltime reaper. ORDER_RUNS=10000 makes it longer.
 */
test("any permutation, duplication, batching and interleaving gives the oracle's tables, and all is announced", async () => {
  const property = fc.asyncProperty(anyRound, async (round) => {
    const { tables, expected, untold } = await play(round, commit);
    expect(tables).toEqual(expected);
    expect(untold).toEqual([]);
  });
  await fc.assert(property, runsFromEnvironment({ runs: 600, filter: "jobs/order" }));
}, 600_000);

// What keeps the invariant, taken out: rounds fail then, so the property above can.
test.each<[string, Commit]>([
  ["the look at the jobs after the commit", (events, rules) => commitWith({}, events, rules)],
  [
    "the isolation from what concurrent batches change",
    async (events, rules) => {
      const applied = await commitWith({ isolation: "read committed" }, events, rules);
      const settled = await settleJobs(database(), jobIdsOf(events), windowOf(rules));
      return { effects: [...applied.effects, ...settled] };
    },
  ],
])(
  "without %s order shows",
  async (_, unprotected) => {
    const property = fc.asyncProperty(anyRound, async (round) => {
      const { tables, expected } = await play(round, unprotected);
      return isDeepStrictEqual(tables, expected);
    });
    const { errorInstance } = await fc.check(property, { numRuns: 5_000, endOnFailure: true });
    // It is no other error.
    expect(errorInstance).toMatchObject({ message: "Property failed by returning false" });
  },
  600_000,
);

/** Commits a batch, and says what it changed. */
type Commit = (
  events: readonly JobEvent[],
  rules: Rules,
) => Promise<{ readonly effects: readonly RunChange[] }>;

type Round = typeof anyRound extends fc.Arbitrary<infer T> ? T : never;

let rounds = 0n;

/** What a round gives, what it must give, and which runs it has not announced as they stand. */
async function play([rules, events, batches, dying]: Round, commitWhole: Commit) {
  // Rounds keep apart by their jobIds, so the tables need no emptying in between. 65,536 lock slots: a multiple of it
  // keeps the jobIds that share a slot sharing it.
  const offset = rounds++ * ROUND * 65_536n;
  const announced: RunChange[] = [];
  const deliver = async (batch: readonly JobEvent[], index: number): Promise<void> => {
    const own = batch.map((event) => moved(event, offset));
    // As when the process dies as soon as it has committed: the messages come again.
    if (dying[index] === true) await commitAndDie(own, rules);
    const { effects } = await commitWhole(dying[index] === true ? again(own) : own, rules);
    announced.push(...effects);
  };
  const reap = (): Promise<unknown> =>
    rules.reapedAt === undefined ? Promise.resolve() : reaped(rules.reapedAt, announced);
  const reapOften = async (): Promise<void> => {
    for (let i = 0; i < 4; i++) await reap();
  };
  await Promise.all([...batches.map(deliver), reapOften()]);
  await reap();
  const expected = oracle(
    events.map((event) => moved(event, offset)),
    rules,
  );
  const tables = await readTables(database(), offset, offset + ROUND * 65_536n);
  return { tables, expected, untold: untoldOf(tables, announced) };
}

const windowOf = ({ window }: Rules) => (window === 0 ? undefined : sampleWindow(window));

const commit: Commit = (events, rules) =>
  commitJobs(database(), { events, deadLetters: [], toDeadLetter: refused }, "whole", windowOf(rules));

/** Without looking at the jobs again. */
const commitWith = (
  { isolation }: { readonly isolation?: IsolationLevel },
  events: readonly JobEvent[],
  rules: Rules,
) =>
  commitBatch(database(), {
    events,
    deadLetters: [],
    toDeadLetter: refused,
    isolation: isolation ?? isolationFor(windowOf(rules)),
    apply: (trx, part) => applyJobEvents(trx, part, windowOf(rules)),
  });

function refused(_: JobEvent, error: unknown): never {
  throw error;
}

async function commitAndDie(batch: readonly JobEvent[], rules: Rules): Promise<void> {
  const window = windowOf(rules);
  await retryConflicts(() =>
    database()
      .transaction()
      .setIsolationLevel(isolationFor(window))
      .execute((trx) => applyJobEvents(trx, batch, window)),
  );
}

async function reaped(now: number, announced: RunChange[]): Promise<void> {
  const announce = async (changes: readonly RunChange[]): Promise<void> => void announced.push(...changes);
  await reapJobs(database(), { graceSeconds: 1, now, limit: 1_000, announce });
}

/** Runs that stand and have not been announced as started, and ends that have not been announced as they are. */
function untoldOf({ jobs }: Tables, announced: readonly RunChange[]) {
  const told = new Set(
    announced.map(({ jobId, cluster, startTime, what, close }) => {
      const run = `${cluster}/${jobId}@${startTime}`;
      if (what !== "stopped" || close === undefined) return run;
      return `${run} ${closeState(close)} stop=${closeTime(close)} by=${close.source}`;
    }),
  );
  return jobs
    .map((row) => /^(\S+) told=\d+ (\S+ stop=\S+ by=\S+)/.exec(row))
    .flatMap((match) => [match?.[1], `${match?.[1]} ${match?.[2]}`])
    .filter((row) => row !== undefined && !row.endsWith("by=-") && !told.has(row));
}

function again(batch: readonly JobEvent[]): JobEvent[] {
  return batch.map((event) => ({ ...event, redelivered: true }));
}

function moved(event: JobEvent, offset: bigint): JobEvent {
  return event.kind === "start_job"
    ? startEvent({ ...event.job, jobId: event.job.jobId + offset }, event.eventTime)
    : { ...event, stop: { ...event.stop, jobId: event.stop.jobId + offset } };
}
