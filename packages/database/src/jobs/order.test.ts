import fc from "fast-check";
import { expect, test } from "vitest";
import { classifyDatabaseError } from "../errors.js";
import { useEmptyTables } from "../testing/database.js";
import { anyDelivery, anyEvents } from "../testing/job-arbitrary.js";
import { type Rules, type Tables, oracle } from "../testing/job-oracle.js";
import { sampleWindow, startEvent } from "../testing/job-samples.js";
import { readTables } from "../testing/job-tables.js";
import { applyJobEvents } from "./apply.js";
import { type JobEvent, type RunChange, closeState, closeTime } from "./model.js";
import { reapJobs } from "./reap.js";

const database = useEmptyTables(8);
const { ORDER_RUNS = "250", ORDER_SEED, ORDER_PATH } = process.env;
const ROUND = 1_000_000n;
const LONG_AFTER = 1_760_000_100;

const anyRules: fc.Arbitrary<Rules> = fc.record({
  window: fc.constantFrom(0, 3),
  reapedAt: fc.constantFrom(undefined, LONG_AFTER),
});

/** A round: events, the same shuffled, some of them twice, cut into batches, and which batches fail to be announced. */
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
  let round = 0n;
  await fc.assert(
    fc.asyncProperty(anyRound, async ([rules, events, batches, unannounced]) => {
      // Rounds keep apart by their jobIds, so the tables need no emptying in between. 65,536 lock slots: a multiple of it
      // keeps the jobIds that share a slot sharing it.
      const offset = round++ * ROUND * 65_536n;
      const announced: RunChange[] = [];
      const deliver = async (batch: readonly JobEvent[], index: number): Promise<void> => {
        const own = batch.map((event) => moved(event, offset));
        const changes = await apply(own, rules);
        // As when the process dies between commit and announcement: the messages come again.
        if (unannounced[index] === true) announced.push(...(await apply(again(own), rules)));
        else announced.push(...changes);
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
      expect(tables).toEqual(expected);
      expectAnnounced(tables, announced);
    }),
    {
      numRuns: Number(ORDER_RUNS),
      ...(ORDER_SEED === undefined ? {} : { seed: Number(ORDER_SEED) }),
      ...(ORDER_PATH === undefined ? {} : { path: ORDER_PATH }),
      reporter(run) {
        if (!run.failed) return;
        const replay = `ORDER_SEED=${run.seed} ORDER_PATH=${run.counterexamplePath} pnpm --filter @cc-ingest/database test order`;
        throw new Error(`${fc.defaultReportMessage(run)}\n\nReplay: ${replay}`);
      },
    },
  );
}, 600_000);

/** As the pull loop does: what failed for a conflict is tried again. */
async function apply(batch: readonly JobEvent[], { window }: Rules): Promise<readonly RunChange[]> {
  const rule = window === 0 ? undefined : sampleWindow(window);
  for (;;) {
    try {
      const { effects } = await database()
        .transaction()
        .execute((trx) => applyJobEvents(trx, batch, rule));
      return effects;
    } catch (error) {
      if (classifyDatabaseError(error) !== "conflict") throw error;
    }
  }
}

async function reaped(now: number, announced: RunChange[]): Promise<void> {
  const announce = async (changes: readonly RunChange[]): Promise<void> => void announced.push(...changes);
  await reapJobs(database(), { graceSeconds: 1, now, limit: 1_000, announce });
}

/** Every run that stands has been announced as started, and every one that has ended with the end it has. */
function expectAnnounced({ jobs }: Tables, announced: readonly RunChange[]): void {
  const told = new Set(
    announced.map(({ jobId, cluster, startTime, what, close }) => {
      const run = `${cluster}/${jobId}@${startTime}`;
      if (what !== "stopped" || close === undefined) return run;
      return `${run} ${closeState(close)} stop=${closeTime(close)} by=${close.source}`;
    }),
  );
  const missing = jobs
    .map((row) => /^(\S+) told=\d+ (\S+ stop=\S+ by=\S+)/.exec(row))
    .flatMap((match) => [match?.[1], `${match?.[1]} ${match?.[2]}`])
    .filter((row) => row !== undefined && !row.endsWith("by=-") && !told.has(row));
  expect(missing).toEqual([]);
}

function again(batch: readonly JobEvent[]): JobEvent[] {
  return batch.map((event) => ({ ...event, redelivered: true }));
}

function moved(event: JobEvent, offset: bigint): JobEvent {
  return event.kind === "start_job"
    ? startEvent({ ...event.job, jobId: event.job.jobId + offset }, event.eventTime)
    : { ...event, stop: { ...event.stop, jobId: event.stop.jobId + offset } };
}
