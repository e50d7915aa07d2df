import type { Database } from "../connect.js";
import { stopKey } from "../jobs/model.js";
import { type Tables, jobRow, parkedRow } from "./job-oracle.js";

/** What the database holds of the jobIds from `from` up to `to`, as the oracle writes it. */
export async function readTables(db: Database, from: bigint, to: bigint): Promise<Tables> {
  const jobs = await db
    .selectFrom("job")
    .selectAll()
    .where("job_id", ">=", from)
    .where("job_id", "<", to)
    .execute();
  const parked = await db
    .selectFrom("parked_stop")
    .selectAll()
    .where("job_id", ">=", from)
    .where("job_id", "<", to)
    .execute();
  return {
    jobs: jobs
      .map((row) =>
        jobRow({
          jobId: row.job_id,
          cluster: row.cluster,
          startTime: Number(row.start_time),
          eventTime: row.event_time,
          content: row.hpc_user,
          state: row.job_state,
          stopTime: row.stop_time === null ? undefined : Number(row.stop_time),
          source: row.stop_source ?? undefined,
        }),
      )
      .toSorted(),
    parked: parked
      .map((row) =>
        parkedRow(
          stopKey({
            jobId: row.job_id,
            cluster: row.cluster ?? undefined,
            startTime: row.start_time === null ? undefined : Number(row.start_time),
            stopTime: Number(row.stop_time),
            jobState: row.job_state,
          }),
          row.reason,
        ),
      )
      .toSorted(),
  };
}
