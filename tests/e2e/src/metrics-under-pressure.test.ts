import type { Database } from "@cc-ingest/database";
import type { ServiceProcess } from "@cc-ingest/devstack";
import { startOtlpReceiver } from "@cc-ingest/telemetry/testing";
import { expect, test, vi } from "vitest";
import { startLine } from "./testing/fixtures.js";
import { cancelWaiting, narrow, whileWritersWait as holdWriters } from "./testing/pressure.js";
import { type Scrape, scrape } from "./testing/scrape.js";
import { until } from "./testing/service-process.js";
import { JOBS, useStack } from "./testing/stack.js";

const stack = useStack();
const T = 1_760_000_000;
const ofJobs = { service: "ingest-jobs", stream: "CC_JOB", consumer: "ingest-jobs" };

const whileWritersWait = <T>(run: (trx: Database) => Promise<T>): Promise<T> => holdWriters(stack().db, run);

const shows = (service: ServiceProcess, check: (scraped: Scrape) => void): Promise<void> =>
  vi.waitFor(async () => check(await scrape(service)), until);

test("batches, connections, and those who wait for one are counted while the database holds them up", async () => {
  const { running, publish, drained } = stack();
  const service = await running("ingest-jobs", narrow);
  await whileWritersWait(async () => {
    for (let id = 101; id <= 140; id++) await publish(JOBS, startLine(id, T));
    await shows(service, ({ of }) => {
      expect(of("ingest_batches_in_flight", ofJobs)).toBe(2);
      expect(of("ingest_batches_in_flight_max", ofJobs)).toBe(2);
      expect(of("ingest_database_pool_connections", { state: "used" })).toBe(1);
      expect(of("ingest_database_pool_connections", { state: "idle" })).toBe(0);
      expect(of("ingest_database_pool_max")).toBe(1);
      expect(of("ingest_database_pool_waiters")).toBeGreaterThan(0);
    });
    // It holds what it works on and what it has ready; the rest waits in the stream.
    const { num_pending, num_ack_pending } = await stack().jsm.consumers.info("CC_JOB", "ingest-jobs");
    expect([num_pending > 20, num_ack_pending > 1]).toEqual([true, true]);
    await shows(service, ({ of }) => {
      expect(of("ingest_consumer_pending", ofJobs)).toBe(num_pending);
      expect(of("ingest_consumer_ack_pending", ofJobs)).toBe(num_ack_pending);
    });
  });
  await drained("ingest-jobs");
  await shows(service, ({ of }) => {
    expect(of("ingest_batches_in_flight", ofJobs)).toBe(0);
    expect(of("ingest_database_pool_waiters")).toBe(0);
    expect(of("ingest_database_pool_connections", { state: "idle" })).toBe(1);
  });
});

test("what the next replica has in hand after one that died is shown as redelivered", async () => {
  const { running, publish, drained } = stack();
  const first = await running("ingest-jobs", narrow);
  const second = await whileWritersWait(async () => {
    await publish(JOBS, startLine(11, T));
    await shows(first, ({ of }) => expect(of("ingest_batches_in_flight", ofJobs)).toBe(1));
    first.kill("SIGKILL");
    await first.exit;
    const service = await running("ingest-jobs", narrow);
    await shows(service, ({ of }) => expect(of("ingest_consumer_redelivered", ofJobs)).toBe(1));
    return service;
  });
  await drained("ingest-jobs");
  await shows(second, ({ of }) => expect(of("ingest_consumer_redelivered", ofJobs)).toBe(0));
});

test("errors of the database are counted by the class of their SQLSTATE", async () => {
  const { running, publish, drained } = stack();
  const service = await running("ingest-jobs", narrow);
  await whileWritersWait(async (trx) => {
    await publish(JOBS, startLine(21, T));
    await vi.waitFor(async () => expect(await cancelWaiting(trx)).toBe(true), until);
    await shows(service, ({ of }) => {
      expect(of("ingest_database_errors_total", { sqlstate_class: "57", retryable: "true" })).toBe(1);
    });
  });
  await drained("ingest-jobs");
});

test("OTLP gets the metrics that are scraped, and at the end what was returned for another replica", async () => {
  const { running, publish, drained } = stack();
  await using collector = await startOtlpReceiver();
  const service = await running("ingest-jobs", {
    ...narrow,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    OTEL_METRIC_EXPORT_INTERVAL: "3600000",
  });
  await publish(JOBS, startLine(31, T));
  await drained("ingest-jobs");
  await shows(service, ({ of }) => expect(of("ingest_consumer_available", ofJobs)).toBe(1));
  const { samples } = await scrape(service);
  const scraped = new Set(samples.map(({ name }) => name.replace(/_(total|bucket|count|sum)$/, "")));
  await whileWritersWait(async () => {
    for (let id = 32; id <= 40; id++) await publish(JOBS, startLine(id, T));
    // The one before, two batches of one, and the next one: it asks for no more than it has room for.
    await shows(service, ({ of }) => expect(of("ingest_messages_received_total", ofJobs)).toBe(4));
    service.kill("SIGTERM");
    await service.logged("stopping");
  });
  expect(await service.exit).toBe(0);

  expect(new Set(collector.metrics.map(({ name }) => name))).toEqual(scraped);
  const settled = (outcome: string) =>
    collector.metrics.find(
      ({ name, attributes }) => name === "ingest_messages_settled" && attributes["outcome"] === outcome,
    );
  expect(settled("returned")?.value).toBeGreaterThan(0);
  expect(settled("returned")).toMatchObject({ attributes: { ...ofJobs, outcome: "returned" } });
  expect(settled("acked")?.value).toBeGreaterThan(0);
});
