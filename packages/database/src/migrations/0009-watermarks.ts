import { type Kysely, sql } from "kysely";

/** How far each durable consumer's messages are known to be in this database: what a restored one lacks can be told from it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE watermark (
      stream text NOT NULL,
      durable text NOT NULL,
      stream_created text NOT NULL,
      applied_floor bigint NOT NULL,
      PRIMARY KEY (stream, durable)
    )`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE watermark`.execute(db);
}
