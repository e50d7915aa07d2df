import { spawn } from "node:child_process";
import { once } from "node:events";
import { jetstream } from "@nats-io/jetstream";
import { sql } from "kysely";
import { beforeEach, expect, test, vi } from "vitest";
import { ccingest, main } from "./testing/ccingest.js";
import { definitionsOf, nodesLine, startLine, stopLine } from "./testing/fixtures.js";
import { until } from "./testing/service-process.js";
import { JOBS, NODES, useStack } from "./testing/stack.js";

const stack = useStack();
const T = 1_760_000_000;

beforeEach(async () => {
  await sql`TRUNCATE job, tag, jobtag, parked_stop, dead_letter, dead_letter_action`.execute(stack().db);
});

const replay = (...args: string[]) =>
  ccingest(["dead-letters", "replay", ...args], { ...stack().env, ...definitionsOf("fritz") });

/** The jobIds from `from` on that have been announced as started, each once; waits until there are so many. */
async function announcedStarts(from: number, count: number): Promise<number[]> {
  const consumer = await jetstream(stack().nats).consumers.get("CC_LIFECYCLE");
  const seen = new Set<number>();
  const messages = await consumer.consume();
  for await (const message of messages) {
    const { event, runs } = message.json<{ event: string; runs: { jobId: number }[] }>();
    if (event === "started") for (const { jobId } of runs) if (jobId >= from) seen.add(jobId);
    if (seen.size >= count) break;
  }
  return [...seen].toSorted((a, b) => a - b);
}

test("what an unknown cluster was refused for is applied and announced once its definition is there", async () => {
  const { running, publish, drained, db } = stack();
  const services = [
    await running("ingest-jobs", definitionsOf("alex")),
    await running("ingest-nodestate", definitionsOf("alex")),
  ];
  await publish(JOBS, `${startLine(1, T, { resources: [{ hostname: "f0101" }] })}\n${stopLine(1, T + 60)}`);
  await publish(NODES, nodesLine(T, ["f0101"]));
  await drained("ingest-jobs");
  await drained("ingest-nodestate");
  expect(await db.selectFrom("job").select("id").execute()).toEqual([]);
  const { code, stdout } = await replay("--reason", "unknown_cluster");
  expect([code, stdout]).toEqual([0, "applied 3\n"]);
  const job = await db.selectFrom("job").selectAll().executeTakeFirstOrThrow();
  expect(job).toMatchObject({ job_id: 1n, job_state: "completed", duration: 60n });
  expect(job.subcluster).not.toBe("");
  expect(await db.selectFrom("node").select("hostname").execute()).toEqual([{ hostname: "f0101" }]);
  expect(await announcedStarts(1, 1)).toEqual([1]);
  for (const service of services) service.kill("SIGTERM");
  for (const service of services) expect(await service.exit).toBe(0);
});

test("a replay that is killed goes on when it is run again, beside a service that applies the stops", async () => {
  const { running, publish, drained, db, env } = stack();
  const count = 600;
  const jobIds = Array.from({ length: count }, (_, index) => 1_000 + index);
  const refusing = await running("ingest-jobs", definitionsOf("alex"));
  await Promise.all(
    jobIds.map((jobId) => publish(JOBS, startLine(jobId, T, { resources: [{ hostname: "f0101" }] }))),
  );
  await drained("ingest-jobs");
  refusing.kill("SIGTERM");
  await refusing.exit;
  await running("ingest-jobs", definitionsOf("fritz"));
  const stops = Promise.all(jobIds.map((jobId) => publish(JOBS, stopLine(jobId, T + 60))));
  const applied = async (): Promise<number> => (await db.selectFrom("job").select("id").execute()).length;
  const replaying = ["dead-letters", "replay", "--all", "--rate", "50"];
  for (const enough of [25, 75]) {
    const child = spawn(process.execPath, [main, ...replaying], {
      env: { ...env, ...definitionsOf("fritz") },
    });
    const exit = once(child, "exit");
    await vi.waitFor(async () => expect(await applied()).toBeGreaterThanOrEqual(enough), until);
    child.kill("SIGKILL");
    expect(await exit).toEqual([null, "SIGKILL"]);
  }
  expect(await applied()).toBeLessThan(count);
  const last = await replay("--all", "--rate", "10000");
  expect([last.code, last.stderr]).toEqual([0, ""]);
  await stops;
  await drained("ingest-jobs");
  const jobs = await db
    .selectFrom("job")
    .select(["job_id", "job_state", "duration"])
    .orderBy("job_id")
    .execute();
  expect(jobs).toEqual(
    jobIds.map((jobId) => ({ job_id: BigInt(jobId), job_state: "completed", duration: 60n })),
  );
  expect(await db.selectFrom("parked_stop").select("id").execute()).toEqual([]);
  const open = await db.selectFrom("dead_letter").select("id").where("status", "<>", "replayed").execute();
  expect(open).toEqual([]);
  const trail = await db.selectFrom("dead_letter_action").select("stream_sequence").distinct().execute();
  expect(trail).toHaveLength(count);
  expect(await announcedStarts(1_000, count)).toEqual(jobIds);
});
