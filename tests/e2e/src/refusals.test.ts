import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { startLine } from "./testing/fixtures.js";
import { scrape } from "./testing/scrape.js";
import { JOBS, useStack } from "./testing/stack.js";

const stack = useStack();
const T = 1_760_000_000;
const ofJobs = { service: "ingest-jobs", stream: "CC_JOB", consumer: "ingest-jobs" };

test("what the database or the duplicate window refuses is counted by its reason, and logged", async () => {
  const { running, publish, drained, db } = stack();
  await sql`ALTER TABLE job ADD CONSTRAINT no_poison CHECK (hpc_user <> 'poison')`.execute(db);
  onTestFinished(async () => void (await sql`ALTER TABLE job DROP CONSTRAINT no_poison`.execute(db)));
  const service = await running("ingest-jobs", {
    INGEST_DUPLICATE_WINDOW_SECONDS: "86400",
    LOG_LEVEL: "debug",
  });
  const lines = [startLine(31, T), startLine(32, T, { user: "poison" }), startLine(31, T + 100)];
  await publish(JOBS, [...lines, startLine(33, T), "job,function=start_job event="].join("\n"));
  await drained("ingest-jobs");
  const { of } = await scrape(service);
  const events = (kind: string, result: string) => of("ingest_events_total", { ...ofJobs, kind, result });
  expect([
    events("start_job", "applied"),
    events("start_job", "rejected"),
    events("unknown", "rejected"),
  ]).toEqual([2, 2, 1]);
  expect(of("ingest_rejects_total", { reason: "database_refused" })).toBe(1);
  expect(of("ingest_rejects_total", { reason: "duplicate_job" })).toBe(1);
  expect(of("ingest_database_errors_total", { sqlstate_class: "23", retryable: "false" })).toBe(1);
  const logged = service.log.filter(({ msg }) => msg === "line rejected");
  const lineOf = ([line]: readonly unknown[]) => Number(line);
  const told = logged
    .map(({ line, reason, detail }) => [line, reason, detail])
    .toSorted((a, b) => lineOf(a) - lineOf(b));
  expect(told).toEqual([
    [2, "database_refused", expect.stringContaining("no_poison")],
    [3, "duplicate_job", expect.stringContaining("job 31 started again too soon")],
    [5, expect.any(String), expect.any(String)],
  ]);
  expect(service.log).toContainEqual(
    expect.objectContaining({ msg: "batch committed", events: 4, rejected: 3 }),
  );
});
