import { freePort, startNatsServer } from "@cc-ingest/devstack";
import { connectDatabase } from "@cc-ingest/database";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { expect, onTestFinished, test, vi } from "vitest";
import { startLine } from "../testing/fixtures.js";
import { openRunbook } from "../testing/runbook.js";
import { until } from "../testing/service-process.js";
import { ownPostgres } from "../testing/own-postgres.js";
import { JOBS, useStack } from "../testing/stack.js";

const stack = useStack();
const T = 1_760_000_000;

const storedJobs = async (db = stack().db) =>
  (await db.selectFrom("job").select("job_id").orderBy("job_id").execute()).map(({ job_id }) =>
    Number(job_id),
  );

test("broker-down", async () => {
  const { running, publish, drained, broker, jsm, env } = stack();
  const services = [
    // A message may have been on its way to the service when the broker went down.
    await running("ingest-jobs", { INGEST_JOBS_ACK_WAIT_SECONDS: "5" }),
    await running("ingest-nodestate"),
  ] as const;
  await publish(JOBS, startLine(1, T));
  await drained("ingest-jobs");
  await broker.kill();
  await services[0].logged("lost the broker");
  const runbook = openRunbook("broker-down", env);
  expect(await runbook.next()).toMatch(/the broker at \S+ can't be reached/);
  await broker.restart();
  for (const service of services) await service.ready();
  expect(await runbook.next()).toContain("CC_JOB");
  // The test's own connection comes back in its own time.
  await vi.waitFor(() => jsm.streams.info("CC_JOB"), until);
  await publish(JOBS, startLine(2, T));
  await drained("ingest-jobs");
  expect(await runbook.next()).toMatch(/cc\.job\.event +CC_JOB/);
  expect(await storedJobs()).toEqual([1, 2]);
  runbook.finished();
});

test("database-down", async () => {
  const { running, publish, drained, env } = stack();
  const { postgres } = await ownPostgres();
  const service = await running("ingest-jobs", { DATABASE_URL: postgres.url });
  await postgres.kill();
  await publish(JOBS, startLine(3, T));
  await service.logged("batch not finished, trying again");
  const runbook = openRunbook("database-down", { ...env, DATABASE_URL: postgres.url });
  const shown = await runbook.next();
  expect(shown).toMatch(/the database at \S+ can't be reached/);
  expect(shown).toContain("a batch can't be finished");
  await postgres.restart();
  expect(await runbook.next()).toContain("up to date");
  await drained("ingest-jobs");
  await service.ready();
  expect(await runbook.next()).toMatch(/jobs +\d+/);
  await using db = connectDatabase({ url: postgres.url, poolSize: 1, applicationName: "e2e" });
  expect(await storedJobs(db)).toContain(3);
  runbook.finished();
});

test("consumer-deleted", async () => {
  const { running, publish, drained, jsm, env } = stack();
  const service = await running("ingest-jobs");
  await publish(JOBS, startLine(4, T));
  await drained("ingest-jobs");
  await jsm.consumers.delete("CC_JOB", "ingest-jobs");
  await publish(JOBS, startLine(5, T));
  await service.logged("the consumer can't be reached");
  const runbook = openRunbook("consumer-deleted", env);
  expect(await runbook.next()).toContain("stream CC_JOB has no consumer ingest-jobs");
  await runbook.next();
  await drained("ingest-jobs");
  await service.ready();
  await runbook.next();
  expect(await storedJobs()).toEqual(expect.arrayContaining([4, 5]));
  runbook.finished();
});

test("stream-full", async () => {
  const { port } = await freePort();
  await using broker = await startNatsServer({ port });
  const nats = await connect({ servers: broker.url });
  onTestFinished(() => nats.close());
  const jsm = await jetstreamManager(nats);
  const env = { ...stack().env, NATS_URL: broker.url };
  const full = { INGEST_STREAMS_MAX_BYTES: "20000" };
  const first = stack().start("ingest-jobs", { ...env, ...full });
  await first.ready();
  const second = stack().start("ingest-nodestate", { ...env, ...full });
  await second.ready();
  first.kill("SIGTERM");
  await first.exit;
  const publish = async (from: number) => {
    for (let jobId = from; jobId < from + 200; jobId++)
      await jetstream(nats).publish(JOBS, startLine(jobId, T));
  };
  await publish(1_000);
  const { first_seq: dropped } = (await jsm.streams.info("CC_JOB")).state;
  expect(dropped).toBeGreaterThan(1);
  const runbook = openRunbook("stream-full", env);
  expect(await runbook.next()).toMatch(/cc\.job\.event +CC_JOB/);
  await runbook.next();
  await publish(2_000);
  expect((await jsm.streams.info("CC_JOB")).state.first_seq).toBe(dropped);
  const again = stack().start("ingest-jobs", env);
  await again.ready();
  await vi.waitFor(async () => {
    const { num_pending, num_ack_pending } = await jsm.consumers.info("CC_JOB", "ingest-jobs");
    expect([num_pending, num_ack_pending]).toEqual([0, 0]);
  }, until);
  await runbook.next();
  const jobs = await storedJobs();
  expect(jobs.filter((jobId) => jobId >= 2_000)).toHaveLength(200);
  expect(jobs.filter((jobId) => jobId >= 1_000 && jobId < 2_000)).toHaveLength(201 - dropped);
  runbook.finished();
});
