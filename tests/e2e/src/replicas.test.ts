import { type SimulationOptions, defaultOptions, simulate } from "@cc-ingest/simulation";
import { decodeMessage } from "@cc-ingest/protocol";
import { expect, test } from "vitest";
import { JOBS, type Stack, useStack } from "./testing/stack.js";

const stack = useStack();
const STREAM_TIME = 1_760_000_000n * 1_000_000_000n;

/** Starts and stops as a cluster sends them, some stops before their starts, some messages twice. */
function load(jobs: number, seed: number): Uint8Array[] {
  const options: SimulationOptions = {
    ...defaultOptions,
    seed,
    startTime: 1_760_000_000_000,
    jobs,
    nodeIntervalSeconds: 0,
    scriptBytes: 0,
    hwthreads: 0,
    stopShuffle: 0.2,
    duplicates: 0.1,
    firstJobId: seed * 1_000_000,
  };
  return [...simulate(options)].map(({ bytes }) => bytes);
}

/** Every job in the messages stands in the table once, completed with the duration its own times give. */
async function expectAllJobs({ db }: Stack, messages: readonly Uint8Array[]): Promise<void> {
  const expected = new Map<bigint, { start?: number; stop?: number }>();
  for (const bytes of messages) {
    for (const line of decodeMessage(bytes, { streamTime: STREAM_TIME })) {
      if (line.kind === "start_job") {
        expected.set(line.job.jobId, { ...expected.get(line.job.jobId), start: line.job.startTime });
      } else if (line.kind === "stop_job") {
        expected.set(line.stop.jobId, { ...expected.get(line.stop.jobId), stop: line.stop.stopTime });
      } else throw new Error(`unexpected ${line.kind}`);
    }
  }
  const ids = [...expected.keys()].toSorted((a, b) => Number(a - b));
  const rows = await db
    .selectFrom("job")
    .select(["job_id", "start_time", "duration", "stop_source"])
    .where("job_id", ">=", ids[0] ?? 0n)
    .where("job_id", "<=", ids.at(-1) ?? 0n)
    .orderBy("job_id")
    .execute();
  expect(rows).toEqual(
    ids.map((jobId) => {
      const { start = 0, stop = 0 } = expected.get(jobId) ?? {};
      return {
        job_id: jobId,
        start_time: BigInt(start),
        duration: BigInt(stop - start),
        stop_source: "event",
      };
    }),
  );
  expect(await db.selectFrom("parked_stop").selectAll().execute()).toEqual([]);
}

async function publishAll(messages: readonly Uint8Array[]): Promise<void> {
  for (let i = 0; i < messages.length; i += 200)
    await Promise.all(messages.slice(i, i + 200).map((bytes) => stack().publish(JOBS, bytes)));
}

test("two replicas share the backlog", async () => {
  const { running, drained } = stack();
  const messages = load(2_000, 2);
  const replicas = [
    await running("ingest-jobs", { INGEST_JOBS_BATCH_SIZE: "20" }),
    await running("ingest-jobs", { INGEST_JOBS_BATCH_SIZE: "20" }),
  ];
  await publishAll(messages);
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
