import { expect, test, vi } from "vitest";
import { ccingest } from "./testing/ccingest.js";
import { startLine, stopLine } from "./testing/fixtures.js";
import { narrow, whileWritersWait } from "./testing/pressure.js";
import { type Scrape, scrape } from "./testing/scrape.js";
import { until } from "./testing/service-process.js";
import { JOBS, useStack } from "./testing/stack.js";

const stack = useStack();
const T = 1_760_000_000;
const ofJobs = { service: "ingest-jobs", stream: "CC_JOB", consumer: "ingest-jobs" };

/** What `ccingest status --json` tells of the jobs' stream, replica and dead letters. */
async function status(): Promise<unknown> {
  const { stdout } = await ccingest(["status", "--json"], stack().env);
  const { broker, database } = JSON.parse(stdout) as {
    broker: { streams: object[]; replicas: { found: object[] } };
    database: object;
  };
  return { stream: broker.streams[0], replicas: broker.replicas.found, database };
}

/** The same, as the metrics tell it. */
function told({ of, samples }: Scrape) {
  const [pending, ackPending] = ["pending", "ack_pending"].map((each) =>
    of(`ingest_consumer_${each}`, ofJobs),
  );
  const build = samples.find(({ name }) => name === "ingest_build_info");
  return {
    stream: {
      stream: "CC_JOB",
      durable: "ingest-jobs",
      messages: of("ingest_stream_messages", ofJobs),
      bytes: of("ingest_stream_bytes", ofJobs),
      pending,
      ackPending,
      redelivered: of("ingest_consumer_redelivered", ofJobs),
    },
    replicas: [
      {
        name: "ingest-jobs",
        version: build?.labels["version"],
        lag: (pending ?? 0) + (ackPending ?? 0),
        batchesInFlight: of("ingest_batches_in_flight", ofJobs),
        messages: of("ingest_messages_settled_total", { ...ofJobs, outcome: "acked" }),
        problems: [],
      },
    ],
    database: {
      parkedStops: of("ingest_parked_stops"),
      overdueStops: of("ingest_overdue_stops"),
      deadLetters: expect.toSatisfy(
        (letters: Record<string, number>) =>
          Object.values(letters).reduce((sum, each) => sum + each, 0) === of("ingest_dead_letters_open"),
      ) as unknown,
    },
  };
}

test("ccingest status tells what the metrics tell, while messages wait and when they are done", async () => {
  const { running, publish, drained, db } = stack();
  const service = await running("ingest-jobs", { ...narrow, INGEST_OVERDUE_STOP_SECONDS: "1" });
  await whileWritersWait(db, async () => {
    for (let id = 1; id <= 30; id++) await publish(JOBS, startLine(id, T));
    await vi.waitFor(async () => {
      const scraped = await scrape(service);
      expect(scraped.of("ingest_consumer_pending", ofJobs)).toBeGreaterThan(20);
      expect(await status()).toMatchObject({
        ...told(scraped),
        replicas: [{ ...told(scraped).replicas[0], batchesInFlight: 2, secondsSinceCommit: null }],
      });
    }, until);
  });
  await publish(JOBS, stopLine(99, T));
  await publish(JOBS, "no event");
  await drained("ingest-jobs");
  await expect.poll(status, until).toMatchObject({
    replicas: [
      {
        messagesPerSecond: expect.toSatisfy((rate: number) => rate > 0) as unknown,
        secondsSinceCommit: expect.any(Number) as unknown,
        commitSeconds: { p95: expect.toSatisfy((seconds: number) => seconds > 0) as unknown },
      },
    ],
  });
  await vi.waitFor(async () => {
    const scraped = await scrape(service);
    expect(scraped.of("ingest_dead_letters_open")).toBe(1);
    expect(scraped.of("ingest_overdue_stops")).toBe(1);
    expect(await status()).toMatchObject(told(scraped));
  }, until);
});
