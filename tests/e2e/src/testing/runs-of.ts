import type { Database } from "@cc-ingest/database";

/** The runs of one job, the earliest first. */
export function runsOf(db: Database, jobId: number) {
  return db.selectFrom("job").selectAll().where("job_id", "=", BigInt(jobId)).orderBy("start_time").execute();
}
