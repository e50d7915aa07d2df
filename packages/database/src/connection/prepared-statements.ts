import { hash } from "node:crypto";
import type { PostgresPool, PostgresPoolClient } from "kysely";
import type pg from "pg";
import { errorCode } from "../errors.js";
import { copyIn, copyText } from "./copy-in.js";
import { endSilent } from "./end-silent.js";

/** A failover left this server read-only: the next connection may reach the new primary, this one never will. */
const READ_ONLY = "25006";

/**
 * A pool whose parameterised statements are prepared once per connection, under a name made from their text. Statement texts
 * are fixed (the number of rows never shows in them), so there are few. A connection to a server that has become read-only is
 * not used again, nor one to a server that has been silent for so long.
 */
export function withPreparedStatements(pool: pg.Pool, silenceMs: number): PostgresPool {
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
      let outdated = false;
      let failure: unknown;
      const send = (text: string, values: readonly unknown[]): Promise<unknown> => {
        const copy = copyText(text);
        if (copy !== undefined) return copyIn(client, copy, values[0] as Buffer);
        if (values.length === 0) return client.query(text);
        return client.query({ name: nameOf(text), text, values: [...values] });
      };
      const query = async (text: string, values: readonly unknown[] = []): Promise<unknown> => {
        try {
          const result = await endSilent(client, silenceMs, send(text, values));
          failure = undefined;
          return result;
        } catch (error) {
          outdated ||= errorCode(error) === READ_ONLY;
          // What ended a connection says more than that the rollback does not find it any more.
          failure = text === "rollback" ? (failure ?? error) : error;
          throw failure;
        }
      };
      return {
        // Kysely asks this way unless a query streams, and nothing here does.
        query: query as PostgresPoolClient["query"],
        release: (destroy) => client.release(outdated || destroy),
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
