import { type Kysely, sql } from "kysely";

/** Jobs by their end. Only stops pay for it: a running job is not in it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Ends, outcomes and node-hours of a stretch of time (dashboards); the two columns are all that counts of them need.
  await sql`CREATE INDEX job_cluster_stop ON job (cluster, stop_time) INCLUDE (job_state, stop_source)
    WHERE stop_time IS NOT NULL`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP INDEX job_cluster_stop`.execute(db);
}
