import { startTcpProxy } from "@cc-ingest/devstack";
import { jetstream } from "@nats-io/jetstream";
import { sql } from "kysely";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { nodesLine, startLine, stopLine } from "./testing/fixtures.js";
import { ownPostgres } from "./testing/own-postgres.js";
import { type Scrape, scrape } from "./testing/scrape.js";
import { type ServiceName, until } from "./testing/service-process.js";
import { JOBS, NODES, useStack } from "./testing/stack.js";

const stack = useStack();
const T = 1_760_000_000;
const ofJobs = { service: "ingest-jobs", stream: "CC_JOB", consumer: "ingest-jobs" };

beforeEach(async () => {
  const { jsm, db } = stack();
  for await (const { config } of jsm.streams.list()) await jsm.streams.delete(config.name);
  await sql`TRUNCATE job, node, parked_stop, dead_letter, watermark CASCADE`.execute(db);
});

const ofEveryService = [
  "ingest_batch_messages",
  "ingest_batches_in_flight",
  "ingest_batches_in_flight_max",
  "ingest_batches_total",
  "ingest_broker_connected",
  "ingest_broker_reconnects_total",
  "ingest_broker_to_commit_seconds",
  "ingest_build_info",
  "ingest_commit_seconds",
  "ingest_consumer_ack_pending",
  "ingest_consumer_available",
  "ingest_consumer_pending",
  "ingest_consumer_redelivered",
  "ingest_database_behind",
  "ingest_database_errors_total",
  "ingest_database_pool_connections",
  "ingest_database_pool_max",
  "ingest_database_pool_waiters",
  "ingest_dead_letters_oldest_age_seconds",
  "ingest_dead_letters_open",
  "ingest_event_loop_delay_seconds",
  "ingest_event_to_broker_seconds",
  "ingest_events_total",
  "ingest_fetch_seconds",
  "ingest_last_success_timestamp_seconds",
  "ingest_messages_received_total",
  "ingest_messages_redelivered_total",
  "ingest_messages_settled_total",
  "ingest_missing_events_total",
  "ingest_oldest_unprocessed_age_seconds",
  "ingest_reapplied_messages_total",
  "ingest_rejects_total",
  "ingest_retries_total",
  "ingest_stream_bytes",
  "ingest_stream_max_bytes",
  "ingest_stream_messages",
  "ingest_streams_replaced_total",
];
const ofJobsAlone = [
  "ingest_jobs_exceeding_walltime_total",
  "ingest_overdue_stops",
  "ingest_parked_stops",
  "ingest_parked_stops_oldest_age_seconds",
];

/** With other ones, replicas of two versions could not be added up, nor what is kept of last month and of now be compared. */
const SECONDS = "0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10 30 60 300 1800 7200 +Inf";
const bounds = {
  ingest_batch_messages: "1 2 5 10 20 50 100 200 500 1000 10000 +Inf",
  ingest_broker_to_commit_seconds: SECONDS,
  ingest_commit_seconds: SECONDS,
  ingest_event_to_broker_seconds: SECONDS,
  ingest_fetch_seconds: SECONDS,
};

function boundsIn({ samples }: Scrape): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { name, labels } of samples.filter((each) => each.name.endsWith("_bucket"))) {
    const histogram = name.replace(/_bucket$/, "");
    found[histogram] = `${found[histogram] ?? ""} ${labels["le"]}`.trim();
  }
  return found;
}

function namesIn({ samples }: Scrape): string[] {
  return [...new Set(samples.map(({ name }) => name.replace(/_(bucket|count|sum)$/, "")))].toSorted();
}

/** Delivers the stream's messages so often to nobody before the service sees them. */
async function deliveredBefore(name: ServiceName, stream: string, times: number): Promise<void> {
  const { nats, jsm } = stack();
  await jsm.consumers.add(stream, {
    durable_name: name,
    ack_policy: "explicit",
    ack_wait: 300e9,
    max_ack_pending: 100_000,
  });
  const consumer = await jetstream(nats).consumers.get(stream, name);
  for (let n = 0; n < times; n++) (await consumer.next())?.nak();
}

test("an idle service shows every metric of its own, and 0 where nothing has happened", async () => {
  const { running, publish, drained } = stack();
  const services = [
    { name: "ingest-jobs", subject: JOBS, line: startLine(1, T), more: ofJobsAlone },
    {
      name: "ingest-nodestate",
      subject: NODES,
      line: nodesLine(T, ["f0720"]),
      more: ["ingest_retired_days_total"],
    },
  ] as const;
  for (const { name, subject, line, more } of services) {
    const service = await running(name);
    await vi.waitFor(async () => {
      const idle = await scrape(service);
      expect(idle.of("ingest_consumer_available")).toBe(1);
      expect(idle.of("ingest_dead_letters_open")).toBe(0);
    }, until);
    const idle = await scrape(service);
    expect(new Set(idle.samples.map(({ labels }) => labels["service"]))).toEqual(new Set([name]));
    const nothing = /_total$|pending|redelivered|behind|open|parked|overdue|age_seconds|waiters/;
    const happened = idle.samples.filter((each) => nothing.test(each.name) && each.value !== 0);
    expect(happened).toEqual([]);
    for (const sqlstate_class of ["08", "40", "53", "57", "none"])
      expect(idle.of("ingest_database_errors_total", { sqlstate_class, retryable: "true" })).toBe(0);
    for (const sqlstate_class of ["22", "23"])
      expect(idle.of("ingest_database_errors_total", { sqlstate_class, retryable: "false" })).toBe(0);
    await publish(subject, line);
    await drained(name);
    await vi.waitFor(async () => {
      expect(namesIn(await scrape(service))).toEqual([...ofEveryService, ...more].toSorted());
    }, until);
  }
});

test("what comes in and what becomes of it is counted by kind, result and reason", async () => {
  const { running, publish, drained } = stack();
  const service = await running("ingest-jobs");
  await publish(JOBS, [startLine(11, T), startLine(12, T)].join("\n"));
  await publish(JOBS, startLine(11, T));
  await publish(JOBS, stopLine(11, T + 60));
  await publish(JOBS, stopLine(13, T + 60));
  await publish(JOBS, "job,function=start_job event=");
  await publish(JOBS, nodesLine(T, ["f0720"]));
  await drained("ingest-jobs");
  const now = Date.now() / 1000;
  await vi.waitFor(async () => {
    const { of } = await scrape(service);
    expect(of("ingest_messages_settled_total", { ...ofJobs, outcome: "acked" })).toBe(6);
    expect(of("ingest_dead_letters_open", { service: "ingest-jobs" })).toBe(2);
    expect(of("ingest_parked_stops")).toBe(1);
    expect(of("ingest_stream_messages", ofJobs)).toBeGreaterThanOrEqual(6);
  }, until);
  const scraped = await scrape(service);
  expect(boundsIn(scraped)).toEqual(bounds);
  const { of } = scraped;
  expect(of("ingest_messages_received_total", ofJobs)).toBe(6);
  expect(of("ingest_messages_redelivered_total", ofJobs)).toBe(0);
  const events = (kind: string, result: string) => of("ingest_events_total", { ...ofJobs, kind, result });
  expect(events("start_job", "applied")).toBe(2);
  expect(events("start_job", "duplicate")).toBe(1);
  expect(events("stop_job", "applied")).toBe(1);
  expect(events("stop_job", "parked")).toBe(1);
  expect(events("unknown", "rejected")).toBe(2);
  expect(of("ingest_rejects_total", { reason: "unsupported_event" })).toBe(1);
  expect(of("ingest_dead_letters_oldest_age_seconds")).toBeGreaterThan(0);
  expect(of("ingest_parked_stops_oldest_age_seconds")).toBeGreaterThan(now - T - 3600);
  expect(of("ingest_stream_bytes", ofJobs)).toBeGreaterThan(1000);
  expect(of("ingest_last_success_timestamp_seconds")).toBeGreaterThan(now - 60);
  for (const name of ["fetch", "commit", "broker_to_commit", "event_to_broker"])
    expect(of(`ingest_${name}_seconds_count`, ofJobs)).toBeGreaterThan(0);
  expect(of("ingest_event_to_broker_seconds_sum")).toBeGreaterThan(now - T - 3600);
  expect(of("ingest_batch_messages_sum", ofJobs)).toBe(6);
  expect(of("ingest_database_pool_connections", { state: "idle" })).toBeGreaterThan(0);
  expect(of("ingest_database_pool_max")).toBe(10);
  expect(of("ingest_event_loop_delay_seconds", { quantile: "1" })).toBeGreaterThan(0);
  expect(of("ingest_build_info", { node: process.versions.node })).toBe(1);
});

test("batches are counted by what began them, and messages that come again as such", async () => {
  const { running, publish, drained, jsm } = stack();
  await jsm.streams.add({ name: "CC_JOB", subjects: [JOBS], max_bytes: 50_000_000 });
  for (let id = 21; id <= 25; id++) await publish(JOBS, startLine(id, T));
  await deliveredBefore("ingest-jobs", "CC_JOB", 1);
  const service = await running("ingest-jobs", { INGEST_JOBS_BATCH_SIZE: "2" });
  await drained("ingest-jobs");
  await vi.waitFor(async () => {
    const { of } = await scrape(service);
    expect(of("ingest_messages_redelivered_total", ofJobs)).toBe(1);
    expect(of("ingest_batches_total", { trigger: "full" })).toBeGreaterThanOrEqual(2);
    expect(of("ingest_stream_max_bytes", ofJobs)).toBe(50_000_000);
  }, until);
  await publish(JOBS, startLine(26, T));
  await drained("ingest-jobs");
  expect((await scrape(service)).of("ingest_batches_total", { trigger: "idle" })).toBeGreaterThanOrEqual(1);
});

test("a message that came too often is counted as worked on alone", async () => {
  const { running, publish, drained, jsm } = stack();
  await jsm.streams.add({ name: "CC_JOB", subjects: [JOBS] });
  await publish(JOBS, startLine(31, T));
  await deliveredBefore("ingest-jobs", "CC_JOB", 2);
  const service = await running("ingest-jobs");
  await drained("ingest-jobs");
  expect((await scrape(service)).of("ingest_batches_total", { trigger: "alone" })).toBe(1);
});

test("without the database retries, errors, lag and age rise, and fall when it is back", async () => {
  const { running, publish } = stack();
  const { postgres } = await ownPostgres();
  const service = await running("ingest-jobs", {
    DATABASE_URL: postgres.url,
  });
  await postgres.stop();
  await publish(JOBS, startLine(41, T));
  await vi.waitFor(async () => {
    const { of } = await scrape(service);
    expect(of("ingest_retries_total", ofJobs)).toBeGreaterThan(0);
    expect(of("ingest_batches_in_flight", ofJobs)).toBe(1);
  }, until);
  await publish(JOBS, startLine(42, T));
  await vi.waitFor(async () => {
    const { samples, of } = await scrape(service);
    const errors = samples.filter(
      ({ name, labels }) => name === "ingest_database_errors_total" && labels["retryable"] === "true",
    );
    expect(errors.reduce((sum, { value }) => sum + value, 0)).toBeGreaterThan(0);
    expect(of("ingest_consumer_ack_pending", ofJobs) + of("ingest_consumer_pending", ofJobs)).toBe(2);
    expect(of("ingest_oldest_unprocessed_age_seconds", ofJobs)).toBeGreaterThan(0);
  }, until);
  await postgres.restart();
  await vi.waitFor(async () => {
    const { of } = await scrape(service);
    expect(of("ingest_messages_settled_total", { outcome: "acked" })).toBe(2);
    expect(of("ingest_oldest_unprocessed_age_seconds", ofJobs)).toBe(0);
  }, until);
});

test("the connection to the broker and its consumer show while they are gone and when they come back", async () => {
  const { running, broker, jsm } = stack();
  const proxy = await startTcpProxy(Number(new URL(broker.url).port));
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  const service = await running("ingest-jobs", { NATS_URL: `nats://127.0.0.1:${proxy.port}` });
  expect((await scrape(service)).of("ingest_broker_connected")).toBe(1);
  proxy.cut();
  await vi.waitFor(async () => {
    const { of } = await scrape(service);
    expect([of("ingest_broker_connected"), of("ingest_consumer_available", ofJobs)]).toEqual([0, 0]);
  }, until);
  proxy.restore();
  await vi.waitFor(async () => {
    const { of } = await scrape(service);
    expect([of("ingest_broker_connected"), of("ingest_broker_reconnects_total")]).toEqual([1, 1]);
    expect(of("ingest_consumer_available", ofJobs)).toBe(1);
  }, until);
  await jsm.consumers.delete("CC_JOB", "ingest-jobs");
  await vi.waitFor(async () => {
    expect((await scrape(service)).of("ingest_consumer_available", ofJobs)).toBe(0);
  }, until);
});

test.each([
  {
    name: "ingest-jobs",
    subject: JOBS,
    hostile: (n: number) => [
      startLine(100 + n, T, { user: `user-${n}`, cluster: `cluster-${n}`, partition: `"},{x="${n}` }),
      `job,function=function-${n} event="{}"`,
      `job,function=start_job event="{\\"key${n}\\":1}"`,
      `job,function=start_job,tag${n}=v${n} event=${n}`,
    ],
  },
  {
    name: "ingest-nodestate",
    subject: NODES,
    hostile: (n: number) => [
      nodesLine(T + n, [`host-${n}`], { states: [`state-${n}`] }),
      nodesLine(T + n, [`"},{x="${n}`]),
      `nodestate event="{\\"cluster\\":\\"cluster-${n}\\",\\"nodes\\":[]}"`,
      `nodestate event="{\\"key${n}\\":1}"`,
    ],
  },
] as const)("no message can make a series of its own in $name", async ({ name, subject, hostile }) => {
  const { running, publish, drained } = stack();
  const service = await running(name);
  const round = async (from: number, to: number): Promise<Set<string>> => {
    for (let n = from; n < to; n++)
      await publish(subject, [...hostile(n), `measurement-${n} field=1`].join("\n"));
    await drained(name);
    const { samples } = await scrape(service);
    return new Set(samples.map(({ name: metric, labels }) => JSON.stringify([metric, labels])));
  };
  const few = await round(0, 2);
  const many = await round(2, 60);
  expect([...many].filter((series) => !few.has(series))).toEqual([]);
});
