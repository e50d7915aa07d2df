import { expect, test, vi } from "vitest";
import { startLine } from "./testing/fixtures.js";
import { expectAllJobs, load, publishAll } from "./testing/job-load.js";
import { until } from "./testing/service-process.js";
import { JOBS, useStack } from "./testing/stack.js";

const stack = useStack();

test("SIGKILL under load, again and again: nothing is lost, nothing doubled", async () => {
  const { running, drained, db } = stack();
  const messages = load(3_000, 1);
  const env = { INGEST_JOBS_BATCH_SIZE: "50", INGEST_JOBS_ACK_WAIT_SECONDS: "5" };
  let publishing = Promise.resolve();
  let rows = 0n;
  for (let kill = 0; kill < 4; kill++) {
    const service = await running("ingest-jobs", env);
    // The first service has made the stream.
    if (kill === 0) publishing = publishAll(stack(), messages);
    // Killed in the middle of its work: once it has committed something new.
    rows = await vi.waitFor(async () => {
      const { count } = await db
        .selectFrom("job")
        .select((eb) => eb.fn.countAll<bigint>().as("count"))
        .executeTakeFirstOrThrow();
      if (count <= rows) throw new Error("nothing new yet");
      return count;
    }, until);
    service.kill("SIGKILL");
    expect(await service.exit).toBe("SIGKILL");
  }
  await publishing;
  await running("ingest-jobs", env);
  await drained("ingest-jobs");
  await expectAllJobs(stack(), messages);
});

test("two replicas share the backlog", async () => {
  const { running, drained } = stack();
  const messages = load(2_000, 2);
  const replicas = [
    await running("ingest-jobs", { INGEST_JOBS_BATCH_SIZE: "20" }),
    await running("ingest-jobs", { INGEST_JOBS_BATCH_SIZE: "20" }),
  ];
  await publishAll(stack(), messages);
  await drained("ingest-jobs");
  await expectAllJobs(stack(), messages);
  const shares = await Promise.all(
    replicas.map(async (replica) => {
      const { body } = await replica.get("/metrics");
      return Number(/ingest_messages_total\{[^}]*\} (\d+)/.exec(body)?.[1] ?? 0);
    }),
  );
  expect(Math.min(...shares)).toBeGreaterThan(0);
  expect(shares.reduce((a, b) => a + b, 0)).toBe(messages.length);
});

test("SIGTERM under load: batches in flight commit, the rest goes back, exit code 0", async () => {
  const { running, drained, jsm } = stack();
  const messages = load(3_000, 3);
  const first = await running("ingest-jobs", { INGEST_JOBS_BATCH_SIZE: "20" });
  const publishing = publishAll(stack(), messages);
  await first.logged("batch committed");
  first.kill("SIGTERM");
  expect(await first.exit).toBe(0);
  await publishing;
  const { num_pending, num_ack_pending } = await jsm.consumers.info("CC_JOB", "ingest-jobs");
  expect(num_pending + num_ack_pending).toBeGreaterThan(0);
  await running("ingest-jobs");
  await drained("ingest-jobs");
  await expectAllJobs(stack(), messages);
});

test("a broker restarted on its store loses nothing and the service goes on", async () => {
  const { running, publish, drained, broker, jsm, db } = stack();
  const service = await running("ingest-jobs", { INGEST_JOBS_ACK_WAIT_SECONDS: "5" });
  await publish(JOBS, startLine(9_000_001, 1_760_000_000));
  await broker.kill();
  await service.logged("lost the broker");
  await broker.restart();
  await service.ready();
  await vi.waitFor(() => jsm.streams.info("CC_JOB"), until);
  await publish(JOBS, startLine(9_000_002, 1_760_000_000));
  await drained("ingest-jobs");
  const rows = await db.selectFrom("job").select("job_id").where("job_id", ">", 9_000_000n).execute();
  expect(rows).toHaveLength(2);
});
