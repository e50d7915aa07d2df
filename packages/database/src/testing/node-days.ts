import { sql } from "kysely";
import type { Database } from "../connection/connect.js";

const DAY = 86_400;

/** The tables that hold node states, partitions and retired days alike, by name. */
export async function dayTables(db: Database): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`SELECT relname AS name FROM pg_class
    WHERE relkind = 'r' AND relname ~ '^node_state_(retired_)?[0-9]{8}' ORDER BY relname`.execute(db);
  return rows.map(({ name }) => name);
}

/** Leaves `node_state` without any day. */
export async function dropDayTables(db: Database): Promise<void> {
  for (const name of await dayTables(db)) await sql`DROP TABLE ${sql.table(name)}`.execute(db);
}

/** Midnight (UTC) of today by the database's clock, in Unix seconds. */
export async function midnight(db: Database): Promise<number> {
  const { rows } = await sql<{ now: number }>`SELECT extract(epoch FROM now())::float8 AS now`.execute(db);
  return Math.floor((rows[0]?.now ?? 0) / DAY) * DAY;
}

/** `20260131`, as the names of tables have it. */
export function digitsOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10).replaceAll("-", "");
}
