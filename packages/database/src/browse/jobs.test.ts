import { expect, test } from "vitest";
import { applyJobEvents } from "../jobs/apply.js";
import type { JobEvent } from "../jobs/model.js";
import { useEmptyTables } from "../testing/database.js";
import { start, stop } from "../testing/job-samples.js";
import { listJobs, readJobs, readParkedStops } from "./jobs.js";

const database = useEmptyTables();
const T = 1_760_000_000;

async function apply(...events: JobEvent[]): Promise<void> {
  await database()
    .transaction()
    .execute((trx) => applyJobEvents(trx, events));
}

const on = (...hostnames: string[]) => ({
  numNodes: hostnames.length,
  resources: hostnames.map((hostname) => ({ hostname })),
});

test("a list goes on behind the last one of the page before, also where several start in a second", async () => {
  await apply(
    ...Array.from({ length: 9 }, (_, i) =>
      start({
        jobId: BigInt(i + 1),
        cluster: i % 2 === 0 ? "fritz" : "alex",
        startTime: T + Math.floor(i / 4),
      }),
    ),
  );
  const seen: bigint[] = [];
  for (let page = await listJobs(database(), {}, { limit: 2 }); page.length > 0;) {
    seen.push(...page.map(({ jobId }) => jobId));
    const last = page.at(-1);
    const after = { startTime: BigInt(last?.startTime ?? 0), id: last?.id ?? 0n };
    page = await listJobs(database(), {}, { limit: 2, after });
  }
  expect(seen).toHaveLength(9);
  expect(new Set(seen).size).toBe(9);
  expect(seen[0]).toBe(9n);
});

test("jobs are found by node and by partition", async () => {
  await apply(
    start({ jobId: 1n, ...on("f0101", "f0102"), partition: "large" }),
    start({ jobId: 2n, ...on("f0102") }),
    start({ jobId: 3n, ...on("f01022") }),
  );
  const found = async (filter: Parameters<typeof listJobs>[1]) =>
    (await listJobs(database(), filter, { limit: 10 }))
      .map(({ jobId }) => jobId)
      .toSorted((a, b) => Number(a - b));
  expect(await found({ hostname: "f0102" })).toEqual([1n, 2n]);
  expect(await found({ hostname: "f01" })).toEqual([]);
  expect(await found({ partition: "large", states: ["running"] })).toEqual([1n]);
});

test("a job's runs are told whole, the newest first, and its stops that wait", async () => {
  await apply(
    start({ jobId: 7n, ...on("f0102", "f0101"), tags: [{ type: "a", name: "b", scope: "global" }] }),
    start({ jobId: 7n, startTime: T + 500, submitTime: 0n, metaData: undefined }),
    stop({ jobId: 7n, stopTime: T + 900 }),
    stop({ jobId: 8n, stopTime: T + 900, jobState: "failed" }),
  );
  const [second, first] = await readJobs(database(), { jobId: 7n });
  expect(second).toMatchObject({
    state: "completed",
    stopTime: T + 900,
    submitTime: null,
    name: null,
    metaData: {},
  });
  expect(first).toMatchObject({
    state: "preempted",
    stopSource: "superseded",
    stopTime: T + 500,
    submitTime: 1_759_999_000,
    hostnames: ["f0102", "f0101"],
    tags: ["a: b"],
    name: "lbm",
    eventTime: BigInt(T) * 1_000_000_000n,
  });
  expect(await readJobs(database(), { id: first?.id ?? 0n })).toEqual([first]);
  expect(await readParkedStops(database(), 8n)).toEqual([
    { jobId: 8n, cluster: "fritz", startTime: null, stopTime: T + 900, state: "failed", reason: "no_run" },
  ]);
  expect(await readParkedStops(database(), 7n)).toEqual([]);
});
