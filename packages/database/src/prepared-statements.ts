import { hash } from "node:crypto";
import type { PostgresPool, PostgresPoolClient } from "kysely";
import type pg from "pg";

/**
 * A pool whose parameterised statements are prepared once per connection, under a name made from their text. Statement texts
 * are fixed (the number of rows never shows in them), so there are few.
 */
export function withPreparedStatements(pool: pg.Pool): PostgresPool {
  const names = new Map<string, string>();
  const nameOf = (text: string): string => {
    let name = names.get(text);
    if (name === undefined) names.set(text, (name = hash("sha1", text).slice(0, 32)));
    return name;
  };
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect(): Promise<PostgresPoolClient> {
      const client = await pool.connect();
      const query = (text: string, values: readonly unknown[] = []): Promise<unknown> =>
        values.length === 0
          ? client.query(text)
          : client.query({ name: nameOf(text), text, values: [...values] });
      return {
        // Kysely asks this way unless a query streams, and nothing here does.
        query: query as PostgresPoolClient["query"],
        release: (destroy) => client.release(destroy),
      };
    },
  };
}
