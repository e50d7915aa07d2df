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
 * Applies job events inside the caller's transaction: reads what is stored of their jobIds, plans, writes. Use `commitJobs`,
 * which gives the transaction what this relies on.
 *
 * @returns one outcome per event, in the events' order, and what happened to which run
 */
export async function applyJobEvents<Event extends JobEvent>(
  trx: Transaction<Schema>,
  events: readonly Event[],
  window?: DuplicateWindow<Event>,
): Promise<Applied<JobOutcome, RunChange>> {
  return await applyTo(trx, jobIdsOf(events), events, window);
}

/** The same for jobIds whose events have been stored by several transactions that did not see each other. */
export async function resolveAgain<Event extends JobEvent>(
  trx: Transaction<Schema>,
  jobIds: readonly bigint[],
  window: DuplicateWindow<Event> | undefined,
): Promise<readonly RunChange[]> {
  return (await applyTo(trx, jobIds, [], window)).effects;
}

async function applyTo<Event extends JobEvent>(
  trx: Transaction<Schema>,
  jobIds: readonly bigint[],
  events: readonly Event[],
  window: DuplicateWindow<Event> | undefined,
): Promise<Applied<JobOutcome, RunChange>> {
  if (jobIds.length === 0) return { outcomes: [], effects: [] };
  if (window !== undefined) await lockJobs(trx, jobIds);
  const stored = await readJobs(trx, jobIds, window);
  const plan = planJobs(events.map(prepareJobEvent), stored, window?.seconds);
  await writeJobs(trx, plan);
  if (window !== undefined) await writeWindow(trx, plan, events, window);
  return { outcomes: plan.outcomes, effects: plan.changes };
}

/** The distinct jobIds of events. */
export function jobIdsOf(events: readonly JobEvent[]): bigint[] {
  return [...new Set(events.map((event) => (event.kind === "start_job" ? event.job : event.stop).jobId))];
}
