import { type Database, classifyDatabaseError } from "@cc-ingest/database";
import { sql } from "kysely";
import pg from "pg";

/** Makes every insert into a table fail with this SQLSTATE, as long as the answer lives. `when`: a condition on the row NEW. */
export async function refuseInserts(
  db: Database,
  table: "job" | "node_state",
  state: string,
  when = "true",
): Promise<AsyncDisposable & { readonly state: string }> {
  await db.transaction().execute(async (trx) => {
    await sql
      .raw(
        `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN RAISE EXCEPTION 'refused on purpose' USING ERRCODE = '${state}'; END $$`,
      )
      .execute(trx);
    await sql
      .raw(
        `CREATE TRIGGER refuse BEFORE INSERT ON ${table} FOR EACH ROW WHEN (${when}) EXECUTE FUNCTION refuse()`,
      )
      .execute(trx);
  });
  return {
    state,
    async [Symbol.asyncDispose]() {
      // The services' inserts lock the same tables, of partitions in another order: the server may end this one as a deadlock.
      for (;;) {
        try {
          await sql.raw(`DROP FUNCTION IF EXISTS refuse CASCADE`).execute(db);
          return;
        } catch (error) {
          if (classifyDatabaseError(error) !== "conflict") throw error;
        }
      }
    },
  };
}

/** A transaction of somebody else, open until the answer is disposed. */
export async function foreignTransaction(
  db: Database,
): Promise<AsyncDisposable & { readonly run: (statement: string) => Promise<unknown> }> {
  const transaction = await db.startTransaction().execute();
  return {
    run: (statement) => sql.raw(statement).execute(transaction),
    async [Symbol.asyncDispose]() {
      await transaction.commit().execute();
    },
  };
}

/** Takes every connection there is, those of the services too. */
export async function takeAllConnections(url: string): Promise<AsyncDisposable & { readonly count: number }> {
  const taken: pg.Client[] = [];
  const take = async (): Promise<void> => {
    for (;;) {
      const client = new pg.Client({ connectionString: url });
      client.on("error", () => {});
      try {
        await client.connect();
        taken.push(client);
      } catch {
        return;
      }
    }
  };
  await take();
  await taken[0]?.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'ingest-%'`,
  );
  await take();
  return {
    count: taken.length,
    async [Symbol.asyncDispose]() {
      await Promise.all(taken.map((client) => client.end()));
    },
  };
}
