import { type Kysely, sql } from "kysely";

/** Two indexes in the place of one: most jobs complete, and of those only how many there are is asked. Both together are about half as large. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Ends and node-hours of a stretch of time (dashboards). Without further columns, so that equal times share an entry.
  await sql`CREATE INDEX job_ended ON job (cluster, stop_time) WHERE stop_time IS NOT NULL`.execute(db);
  // Outcomes, failures, and ends without a stop.
  await sql`CREATE INDEX job_not_completed ON job (cluster, stop_time) INCLUDE (job_state, stop_source)
    WHERE stop_time IS NOT NULL AND job_state <> 'completed'`.execute(db);
  await sql`DROP INDEX job_cluster_stop`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE INDEX job_cluster_stop ON job (cluster, stop_time) INCLUDE (job_state, stop_source)
    WHERE stop_time IS NOT NULL`.execute(db);
  await sql`DROP INDEX job_not_completed, job_ended`.execute(db);
}
