import { readFileSync, readdirSync } from "node:fs";
import { sql } from "kysely";
import { beforeEach, expect, test } from "vitest";
import { definitionsOf, startLine, stopLine } from "../testing/fixtures.js";
import { openRunbook, runbookNames } from "../testing/runbook.js";
import type { ServiceProcess } from "@cc-ingest/devstack";
import { JOBS, useStack } from "../testing/stack.js";

const stack = useStack();
const T = 1_760_000_000;
const onFritz = { resources: [{ hostname: "f0101" }] };

beforeEach(async () => {
  await sql`TRUNCATE job, tag, jobtag, parked_stop, dead_letter, dead_letter_action`.execute(stack().db);
});

async function end(...services: ServiceProcess[]): Promise<void> {
  for (const service of services) service.kill("SIGTERM");
  for (const service of services) expect(await service.exit).toBe(0);
}

const openLetters = async () =>
  (await stack().db.selectFrom("dead_letter").select("reason").where("status", "=", "open").execute()).map(
    ({ reason }) => reason,
  );

test("dead-letter-flood", async () => {
  const { running, publish, drained, env, db } = stack();
  const service = await running("ingest-jobs", definitionsOf("alex"));
  const nodestate = await running("ingest-nodestate");
  for (let jobId = 1; jobId <= 30; jobId++) await publish(JOBS, startLine(jobId, T, onFritz));
  for (let i = 0; i < 10; i++) await publish(JOBS, `job,function=start_job event="{nonsense" ${T}000000000`);
  await drained("ingest-jobs");
  const runbook = openRunbook("dead-letter-flood", { ...env, ...definitionsOf("fritz") });
  expect(await runbook.next()).toMatch(/json_syntax 10, unknown_cluster 30/);
  expect(await runbook.next()).toContain("unknown_cluster");
  const replayed = await runbook.next();
  expect(replayed).toContain("would apply 30");
  expect(replayed).toContain("\napplied 30");
  expect(await openLetters()).toEqual(Array.from({ length: 10 }, () => "json_syntax"));
  await runbook.next();
  expect(await openLetters()).toEqual([]);
  expect(await runbook.next()).toMatch(/dead letters +0/);
  expect(await db.selectFrom("job").select("id").execute()).toHaveLength(30);
  runbook.finished();
  await end(service, nodestate);
});

test("rollback", async () => {
  const { running, publish, drained, env, db } = stack();
  const before = await running("ingest-jobs", { BUILD_COMMIT: "before" });
  const nodestate = await running("ingest-nodestate");
  const since = new Date().toISOString();
  await db.executeQuery(
    sql`INSERT INTO kysely_migration (name, timestamp) VALUES ('9999-of-the-new-version', '')`.compile(db),
  );
  const after = await running("ingest-jobs", { BUILD_COMMIT: "after", ...definitionsOf("alex") });
  await end(before);
  for (let jobId = 1; jobId <= 10; jobId++) await publish(JOBS, startLine(jobId, T, onFritz));
  await drained("ingest-jobs");
  const runbook = openRunbook("rollback", { ...env, SINCE: since });
  expect(await runbook.next()).toMatch(/ingest-jobs .*\+after/);
  // The version before starts on the schema of the one after it.
  const again = await running("ingest-jobs", { BUILD_COMMIT: "before" });
  await end(after);
  const answered = await runbook.next();
  expect(answered).toContain("applied 10");
  await publish(JOBS, stopLine(1, T + 60));
  await drained("ingest-jobs");
  const shown = await runbook.next();
  expect(shown).toMatch(/ingest-jobs .*\+before/);
  expect(shown).not.toContain("+after");
  expect(shown).toMatch(/dead letters +0/);
  expect(await db.selectFrom("job").select("id").execute()).toHaveLength(10);
  runbook.finished();
  await sql`DELETE FROM kysely_migration WHERE name = '9999-of-the-new-version'`.execute(db);
  await end(again, nodestate);
});

test("every runbook is tested here", () => {
  const sources = readdirSync(new URL(".", import.meta.url)).map((name) =>
    readFileSync(new URL(name, import.meta.url), "utf8"),
  );
  const tested = sources.flatMap((source) =>
    [...source.matchAll(/openRunbook\("([\w-]+)"/g)].map(([, name]) => name),
  );
  expect(new Set(tested)).toEqual(new Set(runbookNames()));
});
