import { startTcpProxy, type TcpProxy } from "@cc-ingest/devstack";
import { Kysely, PostgresDialect, type Transaction, sql } from "kysely";
import pg from "pg";
import { expect, inject, onTestFinished, test } from "vitest";
import { classifyDatabaseError } from "../errors.js";
import type { Schema } from "../schema.js";
import { withPreparedStatements } from "./prepared-statements.js";

const SILENCE_MS = 200;

async function throughProxy(): Promise<{ db: Kysely<Schema>; proxy: TcpProxy }> {
  const { adminUrl } = inject("devstackPostgres");
  const url = new URL(adminUrl);
  const proxy = await startTcpProxy(Number(url.port));
  url.port = String(proxy.port);
  const pool = new pg.Pool({ connectionString: url.href, max: 1 });
  pool.on("error", () => {});
  const db = new Kysely<Schema>({
    dialect: new PostgresDialect({ pool: withPreparedStatements(pool, SILENCE_MS) }),
  });
  onTestFinished(async () => {
    await db.destroy();
    await proxy[Symbol.asyncDispose]();
  });
  return { db, proxy };
}

const fill = (trx: Transaction<Schema>) =>
  sql`COPY ${sql.table("filled")} (n) FROM STDIN (FORMAT binary) ${Buffer.from("PGCOPY")}`.execute(trx);

test.each([
  ["a statement", (trx: Transaction<Schema>) => sql`SELECT ${1}::integer`.execute(trx)],
  ["COPY", fill],
])(
  "%s on a connection that has fallen silent fails as infrastructure does, and the next one works",
  async (_, act) => {
    const { db, proxy } = await throughProxy();
    const failing = db.transaction().execute(async (trx) => {
      await sql`CREATE TEMPORARY TABLE filled (n integer)`.execute(trx);
      proxy.blackHole("to-client", "to-server");
      return await act(trx);
    });
    const error: unknown = await failing.catch((reason: unknown) => reason);
    expect(classifyDatabaseError(error)).toBe("transient");
    proxy.restore({ forget: true });
    const { rows } = await sql`SELECT ${1}::integer AS one`.execute(db);
    expect(rows).toEqual([{ one: 1 }]);
  },
);
