import type { ServiceProcess } from "@cc-ingest/devstack";
import { type Database, connectDatabase, migrateUrl } from "@cc-ingest/database";
import { useDatabase } from "@cc-ingest/devstack/testing";
import { type JsMsg, jetstream } from "@nats-io/jetstream";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { nodesLine, startLine } from "./testing/fixtures.js";
import { noted } from "./testing/noted.js";
import { ownPostgres } from "./testing/own-postgres.js";
import { type ServiceName, startService } from "./testing/service-process.js";
import { JOBS, NODES, type Stack, useStack } from "./testing/stack.js";

const stack = useStack();
const other = useDatabase({ migrate: migrateUrl });
const T = 1_760_000_000;
const trigger = fileURLToPath(new URL("testing/crash-trigger.mjs", import.meta.url));
const short = { INGEST_JOBS_ACK_WAIT_SECONDS: "5", INGEST_NODESTATE_ACK_WAIT_SECONDS: "5" };

/** What keeps a service running, as Kubernetes would: started again when it ended, killed when it does not answer. */
class Keeper {
  readonly #start: () => ServiceProcess;
  readonly #probes: boolean;
  #service: ServiceProcess | undefined;
  #stopped = false;
  ended = 0;

  constructor(start: () => ServiceProcess, probes: boolean) {
    this.#start = start;
    this.#probes = probes;
  }

  async keep(): Promise<void> {
    while (!this.#stopped) {
      const service = (this.#service = this.#start());
      const ended = new AbortController();
      if (this.#probes) void probe(service, ended.signal);
      await service.exit;
      ended.abort();
      this.ended++;
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#service?.kill("SIGKILL");
  }
}

/** Kills a service that does not answer any more. */
async function probe(service: ServiceProcess, ended: AbortSignal): Promise<void> {
  const started = await service.logged("started").catch(() => undefined);
  if (started === undefined) return;
  while (!ended.aborted) {
    const signal = AbortSignal.any([ended, AbortSignal.timeout(5_000)]);
    await fetch(`${String(started["url"])}/livez`, { signal }).catch(() => service.kill("SIGKILL"));
    await delay(250, undefined, { signal: ended }).catch(() => undefined);
  }
}

function keep(
  name: ServiceName,
  env: Readonly<Record<string, string>>,
  options: readonly string[],
  probes: boolean,
): Keeper {
  const start = () => startService(name, env, ["--import", trigger, ...options]);
  const keeper = new Keeper(start, probes);
  const kept = keeper.keep();
  onTestFinished(async () => {
    keeper.stop();
    await kept;
  });
  return keeper;
}

/** Makes the stream and the consumer, by the service itself. */
async function once(name: ServiceName): Promise<void> {
  const service = await stack().running(name, short);
  service.kill("SIGTERM");
  await service.exit;
}

/** Has the broker deliver everything that is pending once more, without anybody working on it. */
async function deliverInVain({ nats }: Stack, stream: string, durable: string, messages: number) {
  const consumer = await jetstream(nats).consumers.get(stream, durable);
  const delivered: JsMsg[] = [];
  for await (const message of await consumer.fetch({ max_messages: messages, expires: 30_000 }))
    delivered.push(message);
  for (const message of delivered) message.nak();
  await nats.flush();
}

test("a message that kills the process ends as a dead letter with its bytes; all others are applied", async () => {
  const { env, publish, drained, db } = stack();
  await once("ingest-jobs");
  const poison = `${startLine(500, T)}\n# kills-the-process\n`;
  for (let jobId = 1; jobId <= 40; jobId++) await publish(JOBS, jobId === 20 ? poison : startLine(jobId, T));
  const keeper = keep("ingest-jobs", { ...env, ...short }, [], false);
  await drained("ingest-jobs");
  const letters = await db.selectFrom("dead_letter").selectAll().execute();
  expect(letters).toMatchObject([
    {
      reason: "crashes_service",
      line_number: 0,
      stream_sequence: 20n,
      status: "open",
      service: "ingest-jobs",
    },
  ]);
  expect(letters[0]?.raw.toString()).toBe(poison);
  expect(letters[0]?.message).toContain("ended 3 times");
  const jobs = await db.selectFrom("job").select("job_id").orderBy("job_id").execute();
  const others = Array.from({ length: 40 }, (_, i) => BigInt(i + 1)).filter((jobId) => jobId !== 20n);
  expect(jobs.map((row) => row.job_id)).toEqual(others);
  expect(await db.selectFrom("lone_attempt").selectAll().execute()).toEqual([]);
  // Three times alone, and before that twice in company at most.
  expect(keeper.ended).toBeGreaterThanOrEqual(3);
  expect(keeper.ended).toBeLessThanOrEqual(5);
});

async function jobsFrom(db: Database, first: bigint): Promise<number[]> {
  const jobs = await db
    .selectFrom("job")
    .select("job_id")
    .where("job_id", ">=", first)
    .orderBy("job_id")
    .execute();
  return jobs.map((row) => Number(row.job_id));
}

test("one that is applied again into another database ends the same way there", async () => {
  const { env, publish, drained, jsm } = stack();
  await once("ingest-jobs");
  const poison = `${startLine(700, T)}\n# kills-the-process\n`;
  for (let jobId = 600; jobId < 610; jobId++)
    await publish(JOBS, jobId === 605 ? poison : startLine(jobId, T));
  // Without the trigger nothing is wrong with it.
  const unharmed = await stack().running("ingest-jobs", short);
  await drained("ingest-jobs");
  unharmed.kill("SIGTERM");
  await unharmed.exit;

  const db = connectDatabase({ url: other().url, poolSize: 1, applicationName: "test" });
  onTestFinished(() => db.destroy());
  const keeper = keep("ingest-jobs", { ...env, ...short, DATABASE_URL: other().url }, [], false);
  await noted(db, jsm, "CC_JOB", "ingest-jobs");
  const letters = await db.selectFrom("dead_letter").select(["reason", "raw"]).execute();
  expect(letters.map(({ reason }) => reason)).toContain("crashes_service");
  expect(letters.map(({ raw }) => raw.toString())).toContain(poison);
  expect(await jobsFrom(db, 600n)).toEqual([600, 601, 602, 603, 604, 606, 607, 608, 609]);
  expect(keeper.ended).toBeGreaterThanOrEqual(3);
});

test.each([
  ["blocks the event loop for ever", "blocks-the-event-loop", []],
  ["makes the process run out of memory", "eats-the-memory", ["--max-old-space-size=128"]],
  ["meets a fault of ours", "throws-our-own-error", []],
])("so does one that %s", async (_, word, options) => {
  const { env, publish, drained, db } = stack();
  await once("ingest-nodestate");
  const poison = nodesLine(T, [word]);
  const before = await db.selectFrom("dead_letter").select("id").execute();
  await publish(NODES, poison);
  const beside = `beside-${before.length}`;
  await publish(NODES, nodesLine(T, [beside]));
  // As if it had ended the process in company already.
  for (let delivery = 1; delivery < 3; delivery++)
    await deliverInVain(stack(), "CC_NODE", "ingest-nodestate", 2);
  keep("ingest-nodestate", { ...env, ...short }, options, word.startsWith("blocks"));
  await drained("ingest-nodestate");
  const letters = await db
    .selectFrom("dead_letter")
    .selectAll()
    .where("id", "not in", [0n, ...before.map(({ id }) => id)])
    .execute();
  expect(letters).toMatchObject([{ reason: "crashes_service", service: "ingest-nodestate" }]);
  expect(letters[0]?.raw.toString()).toBe(poison);
  const nodes = await db
    .selectFrom("node")
    .select("hostname")
    .where("hostname", "in", [beside, word])
    .execute();
  expect(nodes).toEqual([{ hostname: beside }]);
});

test("an outage, however often it has messages delivered again, dead-letters nothing", async () => {
  const { postgres, db } = await ownPostgres();
  const { publish, drained, running, start, jsm } = stack();
  const env = { ...short, DATABASE_URL: postgres.url };
  const first = await running("ingest-jobs", env);
  await postgres.kill();
  const jobIds = Array.from({ length: 20 }, (_, i) => 900 + i);
  for (const jobId of jobIds) await publish(JOBS, startLine(jobId, T));
  await first.logged("batch not finished, trying again");
  first.kill("SIGKILL");
  await first.exit;
  // Every process holds the messages when it is killed.
  for (let round = 0; round < 5; round++) await deliverInVain(stack(), "CC_JOB", "ingest-jobs", 20);
  await postgres.restart();
  for (let round = 0; round < 3; round++) {
    const service = start("ingest-jobs", env);
    await service.logged("ready");
    await postgres.kill();
    service.kill("SIGKILL");
    await service.exit;
    await postgres.restart();
  }
  await running("ingest-jobs", env);
  await drained("ingest-jobs");
  expect((await jsm.consumers.info("CC_JOB", "ingest-jobs")).num_redelivered).toBe(0);
  // What another database has of the stream is applied here too, meanwhile.
  await noted(db, jsm, "CC_JOB", "ingest-jobs");
  expect(await jobsFrom(db, 900n)).toEqual(jobIds);
  expect(await db.selectFrom("dead_letter").selectAll().execute()).toEqual([]);
  expect(await db.selectFrom("lone_attempt").selectAll().execute()).toEqual([]);
});
