import { type IsolationLevel, sql } from "kysely";
import { ids } from "../binary/ids.js";
import type { Database } from "../connection/connect.js";
import { retryConflicts } from "../retry-conflicts.js";
import { resolveAgain } from "./apply.js";
import type { JobEvent, RunChange } from "./model.js";
import type { DuplicateWindow } from "./start-messages.js";

/**
 * Writers of the same jobs do not wait for each other. At REPEATABLE READ the server refuses to change a row that has changed
 * since it was read, and unique keys refuse to store one twice, so of two transactions that touch the same row the second starts
 * over. What remains is that neither sees what the other adds: `settleJobs` does, afterwards.
 *
 * With a duplicate window they stand in line (`lockJobs`): whether a start is refused may hang on one that is stored nowhere but
 * among the dead letters. Whoever has waited must then read what was committed meanwhile.
 */
export function isolationFor(window: unknown): IsolationLevel {
  return window === undefined ? "repeatable read" : "read committed";
}

/**
 * Looks at jobs after a batch about them has committed, and resolves again those that concurrent batches may have left
 * inconsistent: a stop waits although its run is there, or there are several runs, which may each have been resolved without
 * the others. Whoever commits last sees all of them, and who dies before looking is delivered the same messages again, so call
 * it before they are acknowledged.
 *
 * @returns what it changed
 */
export async function settleJobs<Event extends JobEvent>(
  db: Database,
  jobIds: readonly bigint[],
  window: DuplicateWindow<Event> | undefined,
): Promise<readonly RunChange[]> {
  const doubtful = await findDoubtful(db, jobIds);
  if (doubtful.length === 0) return [];
  return await retryConflicts(() =>
    db
      .transaction()
      .setIsolationLevel(isolationFor(window))
      .execute((trx) => resolveAgain(trx, doubtful, window)),
  );
}

/**
 * Without a condition on `reason`: for that there is an index, and with it the server would read every stop that waits. So a second
 * stop of one run makes its job doubtful too.
 */
async function findDoubtful(db: Database, jobIds: readonly bigint[]): Promise<bigint[]> {
  if (jobIds.length === 0) return [];
  const wanted = ids(jobIds);
  const { rows } = await sql<{ job_id: bigint }>`
    SELECT job_id FROM job WHERE job_id = ANY(${wanted}) GROUP BY job_id HAVING count(*) > 1
    UNION
    SELECT job_id FROM parked_stop JOIN job USING (job_id)
    WHERE job_id = ANY(${wanted})
      AND job.cluster = coalesce(parked_stop.cluster, job.cluster)
      AND job.start_time = coalesce(parked_stop.start_time, least(job.start_time, parked_stop.stop_time))`.execute(
    db,
  );
  return rows.map((row) => row.job_id);
}
