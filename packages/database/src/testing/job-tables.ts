import { sql } from "kysely";
import type { Database } from "../connection/connect.js";
import { readSample } from "./job-samples.js";
import { type Tables, contentOf, jobRow, parkedRow } from "./job-oracle.js";

/** What the database holds of the jobIds from `from` up to `to`, as the oracle writes it. */
export async function readTables(db: Database, from: bigint, to: bigint): Promise<Tables> {
  const jobs = await db
    .selectFrom("job")
    .selectAll()
    .select(
      sql<string[] | null>`(SELECT array_agg(tag_name) FROM jobtag JOIN tag ON tag.id = tag_id
        WHERE jobtag.job_id = job.id)`.as("tags"),
    )
    .where("job_id", ">=", from)
    .where("job_id", "<", to)
    .execute();
  const parked = await db
    .selectFrom("parked_stop")
    .selectAll()
    .where("job_id", ">=", from)
    .where("job_id", "<", to)
    .execute();
  const letters = await db
    .selectFrom("dead_letter")
    .selectAll()
    .where("reason", "=", "duplicate_job")
    .where("status", "=", "open")
    .execute();
  return {
    jobs: jobs
      .map((row) =>
        jobRow({
          jobId: row.job_id,
          cluster: row.cluster,
          startTime: Number(row.start_time),
          eventTime: row.event_time,
          content: contentOf(row.hpc_user, row.tags ?? []),
          state: row.job_state,
          stopTime: row.stop_time === null ? undefined : Number(row.stop_time),
          source: row.stop_source ?? undefined,
        }),
      )
      .toSorted(),
    parked: parked
      .map((row) =>
        parkedRow(
          {
            jobId: row.job_id,
            cluster: row.cluster ?? undefined,
            startTime: row.start_time === null ? undefined : Number(row.start_time),
            stopTime: Number(row.stop_time),
            jobState: row.job_state,
          },
          row.reason,
        ),
      )
      .toSorted(),
    refused: letters
      .map(({ raw }) => readSample(raw))
      .filter(({ job: { jobId } }) => jobId >= from && jobId < to)
      .map(({ job: { jobId, cluster, startTime, user, tags }, eventTime }) =>
        jobRow({
          jobId,
          cluster,
          startTime,
          eventTime,
          content: contentOf(
            user,
            tags.map(({ name }) => name),
          ),
          state: "running",
          stopTime: undefined,
          source: undefined,
        }),
      )
      .toSorted(),
  };
}
