import { type Kysely, sql } from "kysely";

/** What a node has, from the cluster definitions, beside what is allocated of it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE node
      ADD cores_total integer,
      ADD cpus_total integer,
      ADD memory_total bigint,
      ADD gpus_total integer`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE node DROP cores_total, DROP cpus_total, DROP memory_total, DROP gpus_total`.execute(
    db,
  );
}
