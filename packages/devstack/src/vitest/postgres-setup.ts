import { randomBytes } from "node:crypto";
import type { TestProject } from "vitest/node";
import { dropDatabase, withClient } from "../postgres/databases.js";
import { startPostgres } from "../postgres/start-postgres.js";
import type { ProvidedPostgres } from "./provided.js";

/** Nothing here outlives the run, so nothing needs to survive a power failure. */
const SETTINGS = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };

/** A vitest globalSetup: one Postgres for the run; with DATABASE_URL, that one. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres({ settings: SETTINGS });
  const prefix = `cc_test_${randomBytes(5).toString("hex")}_`;
  const provided: ProvidedPostgres = { adminUrl: server.url, prefix };
  project.provide("devstackPostgres", provided);
  return async () => {
    if (server.source === "environment") {
      await dropDatabases(server.url, prefix);
    }
    await server[Symbol.asyncDispose]();
  };
}

async function dropDatabases(adminUrl: string, prefix: string): Promise<void> {
  const { rows } = await withClient(adminUrl, (client) =>
    client.query<{ datname: string }>("select datname from pg_database where starts_with(datname, $1)", [
      prefix,
    ]),
  );
  for (const { datname } of rows) {
    await dropDatabase(adminUrl, datname);
  }
}
