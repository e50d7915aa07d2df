import { type Kysely, sql } from "kysely";

/** What the optional duplicate window needs, and the index for stops that wait too long. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // The messages of starts, by run, written only while a duplicate window is set: a start that arrives late can put a
  // stored run inside the window, which then becomes a dead letter with its bytes, or take it out again.
  await sql`
    CREATE TABLE start_message (
      job_id bigint NOT NULL,
      cluster text NOT NULL,
      start_time bigint NOT NULL,
      event_time bigint NOT NULL,
      start_digest bigint NOT NULL,
      refused boolean NOT NULL,
      service text NOT NULL,
      stream text NOT NULL,
      stream_sequence bigint NOT NULL,
      received_at timestamptz NOT NULL,
      subject text NOT NULL,
      line_number integer NOT NULL,
      raw bytea NOT NULL,
      headers jsonb,
      build text NOT NULL,
      PRIMARY KEY (job_id, cluster, start_time)
    )`.execute(db);
  // The report of stops whose start has not come in time.
  await sql`CREATE INDEX parked_stop_no_run ON parked_stop (stop_time) WHERE reason = 'no_run'`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP INDEX parked_stop_no_run`.execute(db);
  await sql`DROP TABLE start_message`.execute(db);
}
