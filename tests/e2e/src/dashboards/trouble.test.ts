import { claimRecovery } from "@cc-ingest/database";
import { type ServiceProcess, startTcpProxy } from "@cc-ingest/devstack";
import { jetstream } from "@nats-io/jetstream";
import { sql } from "kysely";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { startLine, stopLine } from "../testing/fixtures.js";
import { noted } from "../testing/noted.js";
import { cancelWaiting, narrow, whileWritersWait } from "../testing/pressure.js";
import { until } from "../testing/service-process.js";
import { takeSnapshot } from "../testing/snapshot.js";
import { JOBS, useStack } from "../testing/stack.js";
import { quiet } from "./quiet.js";
import { type Scraping, panels, scraping } from "./scraping.js";

const stack = useStack();
const T = 1_760_000_000;
const DURABLE = { stream: "CC_JOB", durable: "ingest-jobs" } as const;

beforeEach(async () => {
  const { jsm, db } = stack();
  for await (const { config } of jsm.streams.list()) await jsm.streams.delete(config.name);
  await sql`TRUNCATE job, parked_stop, dead_letter, watermark CASCADE`.execute(db);
});

/** The queries that were seen to show something. */
const seen = new Set<string>();

interface Which {
  /** The end of the query's legend, of a panel with several. */
  readonly legend?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Waits until the one series of a panel with these labels is at `wanted` at last, or has been above 0 at some time. */
async function shows(
  { ask }: Scraping,
  title: string,
  wanted: number | "something",
  { legend = "", labels = {} }: Which = {},
): Promise<void> {
  const found = panels.filter((panel) => panel.title === title && panel.query.legend.endsWith(legend));
  const [{ query } = expect.fail(`there is no panel ${title}`), ...more] = found;
  expect(more).toEqual([]);
  const fits = (numbers: readonly number[]): boolean =>
    wanted === "something"
      ? Math.max(...numbers) > 0
      : Math.abs((numbers.at(-1) ?? Number.NaN) - wanted) < 1e-9;
  await vi.waitFor(async () => {
    const series = (await ask(query)).filter(({ metric }) =>
      Object.entries(labels).every(([name, value]) => metric[name] === value),
    );
    const tells = series.map(({ numbers }) => ({ fits: fits(numbers), numbers }));
    expect({ title, wanted, tells }).toMatchObject({ title, wanted, tells: [{ fits: true }] });
  }, until);
  seen.add(query.expr);
}

/** The alerts that are raised, or will be when it lasts. */
const raised =
  ({ alerts }: Scraping) =>
  async (): Promise<string[]> =>
    (await alerts())
      .filter(({ state }) => state !== "inactive")
      .map(({ name }) => name)
      .toSorted();

/** Scrapes until the test has ended. */
async function scraped(...services: readonly ServiceProcess[]): Promise<Scraping> {
  const prometheus = await scraping(services);
  onTestFinished(() => prometheus[Symbol.asyncDispose]());
  return prometheus;
}

/** Of services that have been scraped since before anything happened to them. */
async function watched(...services: readonly ServiceProcess[]): Promise<Scraping> {
  const prometheus = await scraped(...services);
  await prometheus.reaches("min(count_over_time(ingest_consumer_available[1m]))", 2);
  await expect.poll(raised(prometheus), until).toEqual([]);
  return prometheus;
}

test("a database that holds batches up", async () => {
  const { running, publish, drained, jsm, nats, db } = stack();
  const service = await running("ingest-jobs", narrow);
  const prometheus = await watched(service);
  await whileWritersWait(db, async (trx) => {
    for (let id = 1; id <= 100; id++) await publish(JOBS, startLine(id, T));
    await shows(prometheus, "Batches in flight", 1);
    await shows(prometheus, "Database connections in use", 1);
    await shows(prometheus, "Waiting for a connection", "something");
    // Who has waited too long tries again later: it comes and goes.
    await expect.poll(raised(prometheus), until).toContain("IngestPoolExhausted");
    await shows(prometheus, "Oldest unprocessed", "something");
    const info = await jsm.consumers.info("CC_JOB", "ingest-jobs");
    expect([info.num_pending > 90, info.num_ack_pending > 1]).toEqual([true, true]);
    await shows(prometheus, "Lag", info.num_pending);
    await shows(prometheus, "Lag over time", info.num_pending, { legend: "pending" });
    await shows(prometheus, "Lag over time", info.num_ack_pending, { legend: "unacknowledged" });

    const { config, state } = await jsm.streams.info("CC_JOB");
    const maxBytes = Math.ceil(state.bytes * 1.2);
    await jsm.streams.update("CC_JOB", { ...config, max_bytes: maxBytes });
    await shows(prometheus, "Room in the streams", state.bytes / maxBytes);

    const enough = new AbortController();
    const cancelling = (async () => {
      while (!enough.signal.aborted) await cancelWaiting(trx);
    })();
    await shows(prometheus, "Database errors per second", "something", {
      labels: { sqlstate_class: "57" },
    });
    await shows(prometheus, "Retries and reconnects per second", "something", { legend: "retries" });
    enough.abort();
    await cancelling;
    for (const alert of ["IngestDatabaseErrors", "IngestStreamFull"])
      await expect.poll(raised(prometheus), until).toContain(alert);
    // Raised once nothing but lag was seen for five minutes, every half minute: this one has seen nothing else.
    const latecomer = await scraped(service);
    await expect.poll(raised(latecomer), until).toContain("IngestStalled");

    const other = await jetstream(nats).consumers.get("CC_JOB", "ingest-jobs");
    for await (const message of await other.fetch({ max_messages: 50 })) message.nak();
  });
  await shows(prometheus, "Redelivered share", "something");
  await drained("ingest-jobs");
  await shows(prometheus, "Lag", 0);
  await shows(prometheus, "Waiting for a connection", 0);
});

test("a broker that is away, a consumer that is gone, a process that has ended", async () => {
  const { running, jsm, broker } = stack();
  const proxy = await startTcpProxy(Number(new URL(broker.url).port));
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  const service = await running("ingest-jobs", { NATS_URL: `nats://127.0.0.1:${proxy.port}` });
  const prometheus = await watched(service);
  await shows(prometheus, "Broker and consumer", 2);
  proxy.cut();
  await shows(prometheus, "Broker and consumer", 0);
  await expect.poll(raised(prometheus), until).toEqual(["IngestBrokerUnreachable"]);
  proxy.restore();
  await shows(prometheus, "Retries and reconnects per second", "something", { legend: "reconnects" });
  await shows(prometheus, "Broker and consumer", 2);
  await expect.poll(raised(prometheus), until).toEqual([]);
  await jsm.consumers.delete("CC_JOB", "ingest-jobs");
  await shows(prometheus, "Broker and consumer", 1);
  await expect.poll(raised(prometheus), until).toEqual(["IngestConsumerMissing"]);
  service.kill("SIGKILL");
  await expect.poll(raised(prometheus), until).toEqual(["IngestDown"]);
});

test("stops that are missing or come too early, lines that are no events, and a subject over its rate", async () => {
  const { running, publish } = stack();
  const service = await running("ingest-jobs", {
    JOB_WALLTIME_GRACE_SECONDS: "1",
    INGEST_OVERDUE_STOP_SECONDS: "1",
    INGEST_SUBJECT_RATE_LIMIT: "10",
  });
  const prometheus = await watched(service);
  for (const id of [1, 2]) await publish(JOBS, startLine(id, T, { walltime: 600 }));
  await publish(JOBS, startLine(1, T, { walltime: 600 }));
  await publish(JOBS, stopLine(3, T + 60));
  await publish(JOBS, 'job,function=start_job event="{nonsense"');
  for (let id = 10; id < 40; id++) await publish(JOBS, startLine(id, T));
  await shows(prometheus, "Closed by walltime", 2);
  await shows(prometheus, "Parked stops", 1);
  await shows(prometheus, "Overdue stops", 1);
  await shows(prometheus, "Oldest parked stop", "something");
  await shows(prometheus, "Dead letters", 1);
  await shows(prometheus, "Rejects per second by reason", "something", {
    labels: { reason: "json_syntax" },
  });
  await shows(prometheus, "Settled per second", "something", { labels: { outcome: "put_off" } });
  for (const labels of [
    { kind: "start_job", result: "applied" },
    { kind: "start_job", result: "duplicate" },
    { kind: "stop_job", result: "parked" },
    { kind: "unknown", result: "rejected" },
  ])
    await shows(prometheus, "Events per second", "something", { labels });
  await expect.poll(raised(prometheus), until).toEqual(["IngestDeadLetters", "IngestOverdueStops"]);
});

test("a database that was set back, and gets back what it lacks", async () => {
  const { running, publish, drained, db, jsm, adminUrl } = stack();
  const before = await running("ingest-jobs");
  const publishTo = async (from: number, to: number): Promise<void> => {
    for (let id = from; id <= to; id++) await publish(JOBS, startLine(id, T));
    await drained("ingest-jobs");
    await noted(db, jsm, "CC_JOB", "ingest-jobs");
  };
  await publishTo(1, 5);
  const snapshot = await takeSnapshot(adminUrl);
  await publishTo(6, 12);
  before.kill("SIGTERM");
  await before.exit;
  await snapshot.restore();

  const held = Promise.withResolvers<void>();
  const elsewhere = claimRecovery(adminUrl, DURABLE, () => held.promise);
  const prometheus = await scraped(await running("ingest-jobs"));
  await shows(prometheus, "Catching up after a restore", 1);
  await expect.poll(raised(prometheus), until).toEqual(["IngestDatabaseBehind"]);
  held.resolve();
  await elsewhere;
  await shows(prometheus, "Missing events", 7);
  await shows(prometheus, "Reapplied messages and retired days per second", "something", {
    legend: "reapplied",
  });
  await shows(prometheus, "Catching up after a restore", 0);
  await expect.poll(raised(prometheus), until).toEqual([]);
});

test("what happened before anybody looked: a stream that was made anew", async () => {
  const { running, jsm, db } = stack();
  const before = await running("ingest-jobs");
  await noted(db, jsm, "CC_JOB", "ingest-jobs");
  before.kill("SIGTERM");
  await before.exit;
  await jsm.streams.delete("CC_JOB");
  const service = await running("ingest-jobs");
  await service.logged("the stream has been made anew");
  const prometheus = await scraped(service);
  await shows(prometheus, "Streams replaced", 1);
  expect(await raised(prometheus)()).toEqual([]);
});

test("no query of a panel is left that showed nothing but 0", () => {
  const left = panels.filter(({ title, query }) => quiet.has(title) && !seen.has(query.expr));
  expect(left.map(({ title, query }) => [title, query.legend])).toEqual([
    // It takes an hour, or a start before the first scrape: tests/e2e/src/retention.test.ts counts them.
    ["Reapplied messages and retired days per second", "{{service}} retired days"],
  ]);
});
