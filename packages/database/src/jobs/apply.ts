import type { Transaction } from "kysely";
import type { Schema } from "../schema.js";
import type { JobEvent, JobOutcome } from "./model.js";
import { planJobs } from "./plan.js";
import { prepareJobEvent } from "./prepare.js";
import { lockJobs, readJobs } from "./read.js";
import { writeJobs } from "./write.js";

/**
 * Applies job events inside the caller's transaction: lock their jobIds, read, plan, write.
 *
 * @returns one outcome per event, in the events' order
 */
export async function applyJobEvents(
  trx: Transaction<Schema>,
  events: readonly JobEvent[],
): Promise<readonly JobOutcome[]> {
  if (events.length === 0) return [];
  const prepared = events.map(prepareJobEvent);
  const jobIds = [
    ...new Set(
      prepared.map((event) => (event.kind === "start_job" ? event.start.job.jobId : event.stop.jobId)),
    ),
  ];
  await lockJobs(trx, jobIds);
  const plan = planJobs(prepared, await readJobs(trx, jobIds));
  await writeJobs(trx, plan);
  return plan.outcomes;
}
