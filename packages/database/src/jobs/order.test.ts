import fc from "fast-check";
import { expect, test } from "vitest";
import { classifyDatabaseError } from "../errors.js";
import { useEmptyTables } from "../testing/database.js";
import { anyDelivery, anyEvents } from "../testing/job-arbitrary.js";
import { oracle } from "../testing/job-oracle.js";
import { readTables } from "../testing/job-tables.js";
import { applyJobEvents } from "./apply.js";
import type { JobEvent } from "./model.js";

const database = useEmptyTables(8);
const { ORDER_RUNS = "250", ORDER_SEED, ORDER_PATH } = process.env;
const ROUND = 1_000_000n;

/**
 * The invariant that everything else rests on. Each round: some events, shuffled, some of them twice, cut into batches, all
 * batches at once over eight connections. ORDER_RUNS=10000 makes it longer.
 */
test("any permutation, duplication, batching and interleaving gives the oracle's tables", async () => {
  let round = 0n;
  await fc.assert(
    fc.asyncProperty(
      anyEvents.chain((events) => fc.tuple(fc.constant(events), anyDelivery(events))),
      async ([events, batches]) => {
        // Rounds keep apart by their jobIds, so the tables need no emptying in between. 65,536 lock slots: a multiple of it
        // keeps the jobIds that share a slot sharing it.
        const offset = round++ * ROUND * 65_536n;
        await Promise.all(batches.map((batch) => apply(batch.map((event) => moved(event, offset)))));
        const expected = oracle(events.map((event) => moved(event, offset)));
        expect(await readTables(database(), offset, offset + ROUND * 65_536n)).toEqual(expected);
      },
    ),
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
async function apply(batch: readonly JobEvent[]): Promise<void> {
  for (;;) {
    try {
      await database()
        .transaction()
        .execute((trx) => applyJobEvents(trx, batch));
      return;
    } catch (error) {
      if (classifyDatabaseError(error) !== "conflict") throw error;
    }
  }
}

function moved(event: JobEvent, offset: bigint): JobEvent {
  return event.kind === "start_job"
    ? { ...event, job: { ...event.job, jobId: event.job.jobId + offset } }
    : { ...event, stop: { ...event.stop, jobId: event.stop.jobId + offset } };
}
