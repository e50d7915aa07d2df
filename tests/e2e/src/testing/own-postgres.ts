import { type Database, connectDatabase, migrateUrl } from "@cc-ingest/database";
import { type PostgresServer, startPostgres } from "@cc-ingest/devstack";
import { onTestFinished } from "vitest";

/** A migrated Postgres that the test may stop and start. It ends with the test. */
export async function ownPostgres(): Promise<{ postgres: PostgresServer; db: Database }> {
  const postgres = await startPostgres({ env: {} });
  onTestFinished(() => postgres[Symbol.asyncDispose]());
  await migrateUrl(postgres.url);
  const db = connectDatabase({ url: postgres.url, poolSize: 1, applicationName: "test" });
  onTestFinished(() => db.destroy());
  return { postgres, db };
}
