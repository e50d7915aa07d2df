import { sql } from "kysely";
import type { Database } from "../connection/connect.js";

const key = sql`hashtext('node_state retention')`;

/**
 * Runs `work` unless another process does so already. All it does goes over the one connection that holds the lock: when the server
 * gives the lock to somebody else, this one can't drop anything any more.
 */
export async function withRetentionLock<T>(
  db: Database,
  work: (connection: Database) => Promise<T>,
): Promise<T | "busy"> {
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
