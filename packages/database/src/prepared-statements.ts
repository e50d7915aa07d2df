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
    if (name === undefined) names.set(text, (name = statementName(text)));
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

/** Such as `INSERT job 5f1d7a08`: traces call the statement's span by it. Postgres allows 63 bytes. */
function statementName(text: string): string {
  const verb = /\w+/.exec(text)?.[0] ?? "";
  const table = /(?:INTO|FROM|UPDATE)\s+(\w{1,40})/.exec(text)?.[1] ?? "";
  return `${verb} ${table} ${hash("sha1", text).slice(0, 8)}`;
}
