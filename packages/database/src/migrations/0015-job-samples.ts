import { type Kysely, sql } from "kysely";

/** Every eighth job, with what quantiles are taken of: of hundreds of thousands of jobs no graph can tell the difference. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // How long jobs waited, by their start.
  await sql`CREATE INDEX job_sampled_start ON job (cluster, start_time) INCLUDE (submit_time)
    WHERE (id & 7) = 0 AND submit_time > 0`.execute(db);
  // Which share of their walltime they used, by their end.
  await sql`CREATE INDEX job_sampled_end ON job (cluster, stop_time) INCLUDE (duration, walltime)
    WHERE (id & 7) = 0 AND job_state = 'completed' AND walltime > 0`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP INDEX job_sampled_start, job_sampled_end`.execute(db);
}
