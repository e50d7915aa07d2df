import type { Transaction } from "kysely";
import type { Applied } from "../commit-batch.js";
import type { Schema } from "../schema.js";
import type { JobEvent, JobOutcome, RunChange } from "./model.js";
import { planJobs } from "./plan.js";
import { prepareJobEvent } from "./prepare.js";
import { lockJobs, readJobs } from "./read.js";
import { type DuplicateWindow, writeWindow } from "./start-messages.js";
import { writeJobs } from "./write.js";

/**
 * Applies job events inside the caller's transaction: lock their jobIds, read, plan, write.
 *
 * @returns one outcome per event, in the events' order, and what happened to which run
 */
export async function applyJobEvents<Event extends JobEvent>(
  trx: Transaction<Schema>,
  events: readonly Event[],
  window?: DuplicateWindow<Event>,
): Promise<Applied<JobOutcome, RunChange>> {
  if (events.length === 0) return { outcomes: [], effects: [] };
  const prepared = events.map(prepareJobEvent);
  const jobIds = [
    ...new Set(
      prepared.map((event) => (event.kind === "start_job" ? event.start.job.jobId : event.stop.jobId)),
    ),
  ];
  await lockJobs(trx, jobIds);
  const plan = planJobs(prepared, await readJobs(trx, jobIds, window), window?.seconds);
  await writeJobs(trx, plan);
  if (window !== undefined) await writeWindow(trx, plan, events, window);
  return { outcomes: plan.outcomes, effects: plan.changes };
}
