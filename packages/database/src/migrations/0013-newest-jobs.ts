import { type Kysely, sql } from "kysely";

/**
 * The newest jobs of all clusters: `GET /api/jobs/` and the console's list, where they name no cluster and no user. On an expression,
 * which only these ask for: by the plain column the planner might look for the jobs of a small cluster among those of all.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Ascending, and read backwards: most starts come in their order, and pages that are filled at the right end are left full.
  await sql`CREATE INDEX job_newest ON job ((start_time + 0), id)`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP INDEX job_newest`.execute(db);
}
