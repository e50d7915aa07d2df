import { type Batch, type CommitMode, type Committed, commitBatch } from "../commit-batch.js";
import type { Database } from "../connection/connect.js";
import { applyJobEvents, jobIdsOf } from "./apply.js";
import type { JobEvent, JobOutcome, RunChange } from "./model.js";
import { isolationFor, settleJobs } from "./settle.js";
import type { DuplicateWindow } from "./start-messages.js";

/**
 * Commits a batch of job events, and then brings in line what it and concurrent batches have made of the same jobs. Only when this
 * resolves may their messages be acknowledged.
 *
 * @throws what `commitBatch` throws
 */
export async function commitJobs<Event extends JobEvent>(
  db: Database,
  batch: Omit<Batch<Event, never, never>, "apply" | "isolation">,
  mode: CommitMode,
  window?: DuplicateWindow<Event>,
): Promise<Committed<JobOutcome, RunChange>> {
  const apply: Batch<Event, JobOutcome, RunChange>["apply"] = (trx, events) =>
    applyJobEvents(trx, events, window);
  const committed = await commitBatch(db, { ...batch, isolation: isolationFor(window), apply }, mode);
  const settled = await settleJobs(db, jobIdsOf(batch.events), window);
  return settled.length === 0 ? committed : { ...committed, effects: [...committed.effects, ...settled] };
}
