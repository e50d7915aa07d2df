import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { CHANGES_VARIABLE, type TextChange, before } from "./changes/text-change.ts";
import { traffic } from "./site/traffic.ts";
import { useSite } from "./site/use-site.ts";

// The old build is this one. The new one is this one with a migration more, put into it as it is loaded.

const MIGRATIONS = "database/dist/migrations/index.js";
const UP = `
  const { sql } = await import("kysely");
  for (const table of ["job", "parked_stop", "dead_letter", "node", "node_state"])
    await sql.raw("ALTER TABLE " + table + " ADD COLUMN next_version text").execute(db);`;
const nextVersion: readonly TextChange[] = [
  {
    file: MIGRATIONS,
    find: "export const migrations = {",
    replace: `export const migrations = { "9999-next-version": { async up(db) {${UP} } },`,
  },
  before(
    MIGRATIONS,
    "export const requiredMigration =",
    `export { next as requiredMigration }; const next = "9999-next-version";`,
  ),
].map((change) => ({
  ...change,
  replace: change.replace.replace("export const requiredMigration =", "const former ="),
}));

const site = useSite();

async function migrateToNext(url: string): Promise<void> {
  const main = fileURLToPath(new URL("../../../apps/cli/dist/main.js", import.meta.url));
  const hook = new URL("changes/change-texts.ts", import.meta.url).href;
  await promisify(execFile)(process.execPath, ["--import", hook, main, "migrate"], {
    env: { DATABASE_URL: url, [CHANGES_VARIABLE]: JSON.stringify(nextVersion) },
  });
}

test("the next version waits for its migration, then both work side by side; forward and back", async () => {
  const { running, start, stopAll, publish, postgres, oracleUrl, expectWhole } = site();
  const old = await running();
  const news = [
    start("ingest-jobs", { changes: nextVersion }),
    start("ingest-nodestate", { changes: nextVersion }),
  ];
  let publishing = publish(traffic(150, 1));
  await Promise.all(
    news.map((service) => service.logged('the schema is behind this build: run "ccingest migrate"')),
  );
  for (const service of news) expect((await service.get("/readyz")).status).toBe(503);
  // Two at once, under load: the second finds it done.
  await Promise.all([migrateToNext(postgres.url), migrateToNext(postgres.url), migrateToNext(oracleUrl)]);
  await Promise.all(news.map((service) => service.ready()));
  await publishing;
  const marks = [...old.jobs, old.nodes, ...news].map((service) => ({ service, from: service.log.length }));
  await publish(traffic(150, 2));
  await Promise.all(marks.map(({ service, from }) => service.logged("batch committed", from)));
  await expectWhole();

  publishing = publish(traffic(150, 3));
  for (const service of [...old.jobs, old.nodes]) {
    service.kill("SIGTERM");
    expect(await service.exit).toBe(0);
  }
  await publishing;
  await expectWhole();

  // Back to the old version, on the new schema.
  await stopAll();
  const again = await running();
  await publish(traffic(100, 4));
  await expectWhole();
  await Promise.all([...again.jobs, again.nodes].map((service) => service.ready()));
});
