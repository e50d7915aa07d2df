import { connectDatabase } from "@cc-ingest/database";
import { sql } from "kysely";

export interface Snapshot {
  /** Puts the database back to what it was, for whoever is connected too. */
  readonly restore: () => Promise<void>;
}

/** Copies a database as it is at this moment. Whoever is connected loses the connection and can come back afterwards. */
export async function takeSnapshot(url: string): Promise<Snapshot> {
  const name = new URL(url).pathname.slice(1);
  const database = sql.id(name);
  const copy = sql.id(`${name}_snapshot`);
  await withAdmin(url, async (run) => {
    await run(sql`ALTER DATABASE ${database} ALLOW_CONNECTIONS false`);
    await run(disconnect(name));
    await run(sql`CREATE DATABASE ${copy} TEMPLATE ${database}`);
    await run(sql`ALTER DATABASE ${database} ALLOW_CONNECTIONS true`);
  });
  return {
    restore: () =>
      withAdmin(url, async (run) => {
        await run(sql`ALTER DATABASE ${database} ALLOW_CONNECTIONS false`);
        await run(sql`DROP DATABASE ${database} WITH (FORCE)`);
        await run(sql`ALTER DATABASE ${copy} RENAME TO ${database}`);
      }),
  };
}

/** Resolves when nobody is connected: who was told to go may need a moment. */
const disconnect = (name: string) => sql`SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
  WHERE datname = ${name} AND pid <> pg_backend_pid()`;

type Run = (statement: ReturnType<typeof sql>) => Promise<unknown>;

async function withAdmin(url: string, work: (run: Run) => Promise<void>): Promise<void> {
  const admin = new URL(url);
  admin.pathname = "/postgres";
  await using db = connectDatabase({ url: admin.href, poolSize: 1, applicationName: "snapshot" });
  await work((statement) => statement.execute(db));
}
