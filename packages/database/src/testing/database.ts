import { useDatabase } from "@cc-ingest/devstack/testing";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { type Database, connectDatabase } from "../connection/connect.js";
import { migrateUrl } from "../migrate.js";

/** A migrated database for this test file, emptied before each test. */
export function useEmptyTables(poolSize = 8): () => Database {
  const database = useDatabase({ migrate: migrateUrl });
  let db: Database | undefined;
  const get = (): Database => {
    if (db === undefined) throw new Error("only inside a test");
    return db;
  };
  beforeAll(() => {
    db = connectDatabase({ url: database().url, poolSize, applicationName: "test" });
  });
  beforeEach(async () => {
    await sql`TRUNCATE job, tag, jobtag, parked_stop, start_message, node, node_state, node_state_change, nodes_per_state_delta, dead_letter, dead_letter_action, lone_attempt, watermark RESTART IDENTITY`.execute(
      get(),
    );
  });
  afterAll(() => db?.destroy());
  return get;
}
