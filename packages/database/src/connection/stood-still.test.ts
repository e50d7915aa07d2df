import { execFileSync } from "node:child_process";
import { useDatabase } from "@cc-ingest/devstack/testing";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { classifyDatabaseError, errorCode } from "../errors.js";
import { migrateUrl } from "../migrate.js";
import { connectDatabase } from "./connect.js";

const database = useDatabase({ migrate: migrateUrl });

/** Ends when the server has no backend of this number any more. */
const untilGone = `
  import pg from "pg";
  const [url, pid] = process.argv.slice(1);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  while ((await client.query("SELECT FROM pg_stat_activity WHERE pid = $1", [pid])).rowCount > 0);
  await client.end();
`;

test("a process that stood still until the server gave up its transaction tries again", async () => {
  await using db = connectDatabase({ url: database().url, poolSize: 1, applicationName: "test" });
  const failures: unknown[] = [];
  const told = (error: unknown) => void failures.push(error);
  await db
    .transaction()
    .execute(async (trx) => {
      const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(trx);
      await sql`SET LOCAL idle_in_transaction_session_timeout = 10`.execute(trx);
      // As when it is frozen: the event loop turns no more, and so nobody reads what the server says.
      const args = ["--input-type=module", "--eval", untilGone, database().url, String(rows[0]?.pid)];
      execFileSync(process.execPath, args);
      const statement = sql`SELECT ${1}::integer`.execute(trx);
      statement.catch(told);
      await statement;
    })
    .catch(told);
  expect(failures.map(errorCode)).toEqual(["25P03", "25P03"]);
  expect(failures.map(classifyDatabaseError)).toEqual(["transient", "transient"]);
  expect((await sql`SELECT 1`.execute(db)).rows).toHaveLength(1);
});
