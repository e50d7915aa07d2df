import { type Transaction, sql } from "kysely";
import type { Database } from "../connection/connect.js";
import { ids } from "../binary/ids.js";
import { retryConflicts } from "../retry-conflicts.js";
import type { Schema } from "../schema.js";
import { REAPED_STATE, type RunChange, closeByWalltime } from "./model.js";

export interface ReapOptions {
  /** Seconds beyond its walltime that a run may go without a stop. */
  readonly graceSeconds: number;
  /** What time it is for the messages at hand: Unix seconds. Undefined asks the database's clock. */
  readonly now: number | undefined;
  /** Runs closed at once, at most. */
  readonly limit: number;
  /** Told what is about to be committed. When it fails nothing is, and the next call finds the same runs. */
  readonly announce: (changes: readonly RunChange[]) => Promise<void>;
}

/** A walltime that can be added to a time: beyond 30,000 years there is none. */
const limited = sql`walltime BETWEEN 1 AND 1000000000000`;

/**
 * Closes running jobs that outlived their walltime: their stop is missing. They end at start + walltime, whenever this is
 * called, so the clock decides only whether, never what; a real stop that arrives later wins (`resolve.ts`). A run that a batch
 * ends at the same time is waited for, and looked at again.
 *
 * @returns how many were closed
 */
export async function reapJobs(db: Database, options: ReapOptions): Promise<number> {
  const { graceSeconds, now, limit, announce } = options;
  const due = await sql<{ job_id: bigint }>`SELECT DISTINCT job_id FROM job
    WHERE job_state = 'running' AND stop_time IS NULL AND ${limited}
      AND start_time + walltime + ${graceSeconds}::bigint < coalesce(${now}::bigint, extract(epoch FROM now())::bigint)
    ORDER BY job_id LIMIT ${limit}::bigint`.execute(db);
  if (due.rows.length === 0) return 0;
  const jobIds = due.rows.map((row) => row.job_id);
  const close = async (trx: Transaction<Schema>): Promise<number> => {
    const { rows } = await sql<Reaped>`UPDATE job SET job_state = ${REAPED_STATE}, stop_source = 'walltime',
        stop_time = start_time + walltime, duration = walltime
      WHERE job_id = ANY(${ids(jobIds)}) AND stop_time IS NULL AND ${limited}
        AND start_time + walltime + ${graceSeconds}::bigint < coalesce(${now}::bigint, extract(epoch FROM now())::bigint)
      RETURNING job_id, cluster, start_time, walltime`.execute(trx);
    await announce(rows.map(toChange));
    return rows.length;
  };
  return await retryConflicts(() => db.transaction().execute(close));
}

interface Reaped {
  job_id: bigint;
  cluster: string;
  start_time: bigint;
  walltime: bigint;
}

function toChange({ job_id: jobId, cluster, start_time, walltime }: Reaped): RunChange {
  const startTime = Number(start_time);
  return { jobId, cluster, startTime, what: "stopped", close: closeByWalltime(startTime, walltime) };
}
