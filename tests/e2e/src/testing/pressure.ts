import type { Database } from "@cc-ingest/database";
import { sql } from "kysely";

/** Settings of ingest-jobs: batches of one message, two at once, over a single connection. */
export const narrow = {
  INGEST_JOBS_BATCH_SIZE: "1",
  JOB_CONCURRENCY: "2",
  DATABASE_POOL_SIZE: "1",
  INGEST_JOBS_ACK_WAIT_SECONDS: "5",
};

/** Nobody else writes jobs while `run` does. */
export async function whileWritersWait<T>(db: Database, run: (trx: Database) => Promise<T>): Promise<T> {
  return await db.transaction().execute(async (trx) => {
    await sql`SET LOCAL idle_in_transaction_session_timeout = 0`.execute(trx);
    await sql`LOCK TABLE job IN EXCLUSIVE MODE`.execute(trx);
    return await run(trx);
  });
}

/** Cancels what waits for the lock; answers whether there was something. */
export async function cancelWaiting(trx: Database): Promise<boolean> {
  const { rows } = await sql`
    SELECT pg_cancel_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(trx);
  return rows.length > 0;
}
