import { type Kysely, sql } from "kysely";

/** What a node has, from the cluster definitions, beside what is allocated of it; and room for its row to change in place. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE node
      ADD cores_total integer,
      ADD cpus_total integer,
      ADD memory_total bigint,
      ADD gpus_total integer`.execute(db);
  // Every report changes the row: inside its page when there is room, so that no index has to change with it.
  await sql`ALTER TABLE node SET (fillfactor = 40)`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE node RESET (fillfactor)`.execute(db);
  await sql`ALTER TABLE node
    DROP cores_total, DROP cpus_total, DROP memory_total, DROP gpus_total`.execute(db);
}
