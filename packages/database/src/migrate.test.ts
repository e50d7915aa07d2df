import { useDatabase } from "@cc-ingest/devstack/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Database, connectDatabase } from "./connection/connect.js";
import { migrate, schemaVersion } from "./migrate.js";
import { migrations, requiredMigration } from "./migrations/index.js";

const empty = useDatabase({ template: "empty", migrate: async () => undefined });
let db: Database;
beforeAll(() => {
  db = connectDatabase({ url: empty().url, poolSize: 4, applicationName: "test" });
});
afterAll(() => db.destroy());

test("an empty database is behind; two migrators at once bring it up to date once", async () => {
  expect(await schemaVersion(db)).toBe("behind");
  const other = connectDatabase({ url: empty().url, poolSize: 1, applicationName: "other" });
  const reports = await Promise.all([migrate(db), migrate(other)]);
  await other.destroy();
  expect(reports.flatMap((report) => report.applied)).toEqual(Object.keys(migrations));
  expect(await schemaVersion(db)).toBe("current");
  expect(await migrate(db)).toEqual({ applied: [] });
});

test("the services wait for the newest migration", () => {
  expect(requiredMigration).toBe(Object.keys(migrations).at(-1));
});
