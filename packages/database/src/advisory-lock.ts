import { sql } from "kysely";
import type { Database } from "./connection/connect.js";

/** What only one process does at a time. */
export type Exclusive = "node_state retention" | "job usage";

/**
 * Runs `work` unless another process does the same already. All it does goes over the one connection that holds the lock: when the
 * server gives the lock to somebody else, this one can't change anything any more.
 */
export async function withAdvisoryLock<T>(
  db: Database,
  what: Exclusive,
  work: (connection: Database) => Promise<T>,
): Promise<T | "busy"> {
  const key = sql`hashtext(${sql.lit(what)})`;
  return await db.connection().execute(async (connection) => {
    const { rows } = await sql<{ taken: boolean }>`SELECT pg_try_advisory_lock(${key}) AS taken`.execute(
      connection,
    );
    if (rows[0]?.taken !== true) return "busy";
    try {
      return await work(connection);
    } finally {
      // A connection that broke has let go of it by itself.
      await sql`SELECT pg_advisory_unlock(${key})`.execute(connection).catch(() => {});
    }
  });
}
