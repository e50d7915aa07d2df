import { claimRecovery } from "@cc-ingest/database";
import { sql } from "kysely";
import { beforeEach, expect, test, vi } from "vitest";
import { startLine } from "./testing/fixtures.js";
import type { ServiceProcess } from "@cc-ingest/devstack";
import { noted as notedIn } from "./testing/noted.js";
import { scrape } from "./testing/scrape.js";
import { until } from "./testing/service-process.js";
import { takeSnapshot } from "./testing/snapshot.js";
import { JOBS, useStack } from "./testing/stack.js";
import { contentOf } from "./testing/tables.js";
import { send, traffic } from "./testing/traffic.js";

const stack = useStack();
const T = 1_760_000_000;

beforeEach(async () => {
  await sql`TRUNCATE job, tag, jobtag, parked_stop, node, node_state, node_state_change, nodes_per_state_delta,
    dead_letter`.execute(stack().db);
});

const content = () => contentOf(stack().db);
const start = () => [stack().running("ingest-jobs"), stack().running("ingest-nodestate")] as const;

async function drainedBoth(): Promise<void> {
  await stack().drained("ingest-jobs");
  await stack().drained("ingest-nodestate");
}

async function end(services: readonly ServiceProcess[]): Promise<void> {
  for (const service of services) service.kill("SIGTERM");
  for (const service of services) expect(await service.exit).toBe(0);
}

const noted = (durable: string, stream: string) => notedIn(stack().db, stack().jsm, stream, durable);

test("a database set back under running services gets back what was acknowledged since, and they say so", async () => {
  const { db, adminUrl } = stack();
  const services = await Promise.all([...start(), stack().running("ingest-jobs")]);
  const messages = traffic({ jobs: 600, seed: 1 });
  const middle = Math.ceil(messages.length / 2);
  // In the middle of the work, with batches in flight.
  const sending = send(stack(), messages.slice(0, middle));
  await vi.waitFor(
    async () => expect(await db.selectFrom("job").select("id").execute()).not.toEqual([]),
    until,
  );
  const snapshot = await takeSnapshot(adminUrl);
  await sending;
  await send(stack(), messages.slice(middle));
  await drainedBoth();
  await noted("ingest-jobs", "CC_JOB");
  await noted("ingest-nodestate", "CC_NODE");
  const before = await content();
  expect(before).toMatchObject({ job: { rows: 600 }, node: { rows: 100 } });

  await snapshot.restore();
  await vi.waitFor(async () => expect(await content()).toEqual(before), until);
  await services[1].logged("the database has been set back");
  expect(await services[1].logged("has been applied again")).toMatchObject({
    stream: "CC_NODE",
    level: "warn",
  });
  const { body } = await services[1].get("/metrics");
  expect(body).toMatch(/ingest_missing_events_total\{service="ingest-nodestate"[^}]*\} [1-9]/);
  await vi.waitFor(async () => {
    const metrics = await Promise.all(services.map((service) => service.get("/metrics")));
    for (const metric of metrics) expect(metric.body).toMatch(/ingest_database_behind\{[^}]*\} 0/);
  }, until);
  const ready = await Promise.all(services.map((service) => service.get("/readyz")));
  expect(ready.map(({ status }) => status)).toEqual([200, 200, 200]);
  await send(stack(), traffic({ jobs: 50, seed: 2 }));
  await drainedBoth();
  expect(await content()).toMatchObject({ job: { rows: 650 } });
});

test("one set back while nothing ran gets it back at the next start", async () => {
  const { adminUrl } = stack();
  const first = await Promise.all(start());
  await send(stack(), traffic({ jobs: 100, seed: 3 }));
  await drainedBoth();
  await end(first);
  const snapshot = await takeSnapshot(adminUrl);
  const second = await Promise.all(start());
  await send(stack(), traffic({ jobs: 100, seed: 4 }));
  await drainedBoth();
  await end(second);
  const before = await content();
  await snapshot.restore();
  expect(await content()).not.toEqual(before);

  // While somebody else is at it, a replica can only say so.
  const held = Promise.withResolvers<void>();
  const key = { stream: "CC_JOB", durable: "ingest-jobs" };
  const elsewhere = claimRecovery(adminUrl, key, () => held.promise);
  const third = await Promise.all(start());
  await vi.waitFor(async () => expect((await scrape(third[0])).of("ingest_database_behind")).toBe(1), until);
  held.resolve();
  await elsewhere;
  await vi.waitFor(async () => expect(await content()).toEqual(before), until);
  expect(await third[0].logged("has been applied again")).toMatchObject({ stream: "CC_JOB", level: "warn" });
});

test("an orderly end leaves nothing to compare at the next start", async () => {
  const { running, publish, drained, db } = stack();
  const first = await running("ingest-jobs");
  await noted("ingest-jobs", "CC_JOB");
  await publish(JOBS, startLine(1, T));
  await drained("ingest-jobs");
  await end([first]);
  const second = await running("ingest-jobs");
  await second.logged("the database has all that was acknowledged");
  await publish(JOBS, startLine(2, T));
  await drained("ingest-jobs");
  await noted("ingest-jobs", "CC_JOB");
  expect(await db.selectFrom("job").select("id").execute()).toHaveLength(2);
  expect(second.log.filter(({ msg }) => String(msg).includes("applying"))).toEqual([]);
});

test("a stream that was made anew is told, and its messages are applied though their sequences were used before", async () => {
  const { running, publish, drained, db, jsm } = stack();
  const first = await running("ingest-jobs");
  for (const jobId of [1, 2, 3]) await publish(JOBS, startLine(jobId, T));
  await drained("ingest-jobs");
  await end([first]);
  // Nobody has consumed this one.
  await publish(JOBS, startLine(4, T));
  await jsm.streams.delete("CC_JOB");

  const second = await running("ingest-jobs");
  expect(await second.logged("the stream has been made anew")).toMatchObject({
    stream: "CC_JOB",
    level: "warn",
  });
  await publish(JOBS, startLine(5, T));
  await drained("ingest-jobs");
  const jobs = await db.selectFrom("job").select("job_id").orderBy("job_id").execute();
  expect(jobs.map(({ job_id }) => job_id)).toEqual([1n, 2n, 3n, 5n]);
  await noted("ingest-jobs", "CC_JOB");
  const { body } = await second.get("/metrics");
  expect(body).toMatch(/ingest_streams_replaced_total\{service="ingest-jobs"[^}]*\} 1/);
});
