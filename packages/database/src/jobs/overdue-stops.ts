import { sql } from "kysely";
import type { Database } from "../connection/connect.js";

/** Stops that have waited for their start for long: the start was lost before it reached the stream, or never sent. */
export interface OverdueStops {
  readonly count: number;
  /** Some of them, the oldest first. */
  readonly jobIds: readonly bigint[];
}

const NAMED = 10;

/** Counts stops without a run whose stop time lies `seconds` or more in the past, by the database's clock. */
export async function readOverdueStops(db: Database, seconds: number): Promise<OverdueStops> {
  const { rows } = await sql<{ count: bigint; job_ids: string[] | null }>`
    WITH overdue AS (SELECT job_id, stop_time FROM parked_stop
      WHERE reason = 'no_run' AND stop_time <= extract(epoch FROM now())::bigint - ${seconds}::bigint)
    SELECT (SELECT count(*) FROM overdue) AS count,
      (SELECT array_agg(job_id::text ORDER BY stop_time, job_id)
        FROM (SELECT * FROM overdue ORDER BY stop_time, job_id LIMIT ${NAMED}::bigint) AS oldest) AS job_ids`.execute(
    db,
  );
  const [row] = rows;
  return { count: Number(row?.count ?? 0), jobIds: (row?.job_ids ?? []).map(BigInt) };
}
