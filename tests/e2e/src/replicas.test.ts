import { type ServiceProcess, startNatsServer } from "@cc-ingest/devstack";
import { jetstream } from "@nats-io/jetstream";
import { Svcm } from "@nats-io/services";
import { connect } from "@nats-io/transport-node";
import { sql } from "kysely";
import { xorshift128plus } from "pure-rand/generator/xorshift128plus";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { ccingest } from "./testing/ccingest.js";
import { nodesLine, startLine } from "./testing/fixtures.js";
import { expectAllJobs, load, publishAll } from "./testing/job-load.js";
import { type ServiceName, until } from "./testing/service-process.js";
import { JOBS, NODES, useStack } from "./testing/stack.js";

const stack = useStack();
const T = 1_760_000_000;

interface Figures {
  readonly messages: number;
  readonly lag: number;
  readonly batchesInFlight: number;
  readonly heldMessages: number;
}

/** What the replicas of a service tell of themselves. */
async function listed(name: ServiceName) {
  const client = new Svcm(stack().nats).client({ strategy: "stall", maxWait: 2_000 });
  const [pings, infos, stats] = [[], [], []] as [string[], string[], Figures[]];
  for await (const { id } of await client.ping(name)) pings.push(id);
  for await (const { id, metadata, endpoints } of await client.info(name))
    infos.push([id, metadata?.["stream"], metadata?.["durable"], endpoints[0]?.queue_group].join(" "));
  for await (const { endpoints } of await client.stats(name)) stats.push(endpoints?.[0]?.data as Figures);
  return { pings: pings.toSorted(), infos: infos.toSorted(), stats };
}

interface InStatus {
  readonly name: string;
  readonly version: string;
  readonly lag: number | null;
  readonly messages: number;
}

async function inStatus(): Promise<InStatus[]> {
  const { code, stdout } = await ccingest(["status", "--json"], stack().env);
  expect(code).toBe(0);
  return JSON.parse(stdout).broker.replicas.found;
}

test("every replica is listed by the NATS Services API and by ccingest status, until it ends", async () => {
  const { running, publish, drained, nats } = stack();
  const replicas = [await running("ingest-jobs"), await running("ingest-jobs")] as const;
  await running("ingest-nodestate");
  await publish(JOBS, startLine(1, T));
  await drained("ingest-jobs");
  await vi.waitFor(async () => {
    const { pings, infos, stats } = await listed("ingest-jobs");
    expect(pings).toHaveLength(2);
    expect(infos).toEqual(pings.map((id) => `${id} CC_JOB ingest-jobs q`));
    expect(stats.map(({ lag, batchesInFlight }) => [lag, batchesInFlight])).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(stats.reduce((sum, { messages }) => sum + messages, 0)).toBe(1);
  }, until);
  // One of them answers a request.
  const answer = await nats.request("ccingest.ingest-jobs.stats");
  expect(answer.json()).toMatchObject({ lag: 0, problems: [] });
  const found = await inStatus();
  const version = expect.stringMatching(/^\d+\.\d+\.\d+/);
  expect(found).toMatchObject([
    { name: "ingest-jobs", version, lag: 0 },
    { name: "ingest-jobs", version, lag: 0 },
    { name: "ingest-nodestate", version },
  ]);
  const shown = await ccingest(["status"], stack().env);
  expect(shown.stdout).toMatch(/^ {2}ingest-jobs +\S+:\d+ +\S+ +ingest-jobs +\d+\.\d +0 +0 +- +none yet$/m);
  expect(found.find(({ messages }) => messages === 1)).toMatchObject({
    commitSeconds: { p95: expect.any(Number) },
    secondsSinceCommit: expect.any(Number),
  });
  expect(shown.stdout).toMatch(/^ {2}ingest-jobs .* 0 +0 +\d+ m?s +\d+ (ms|s|min) ago$/m);

  replicas[0].kill("SIGTERM");
  expect(await replicas[0].exit).toBe(0);
  expect((await listed("ingest-jobs")).pings).toHaveLength(1);
  expect((await inStatus()).map(({ name }) => name)).toEqual(["ingest-jobs", "ingest-nodestate"]);
});

test("a replica whose user may not be listed says so once and works all the same", async () => {
  const permissions = `publish: ["$JS.API.>", "$JS.ACK.>", "cc.>"], subscribe: ["_INBOX_ingest.>"]`;
  await using broker = await startNatsServer({
    extraConfig: `authorization { users: [
      { user: admin, password: "admin" }
      { user: ingest, password: "secret", permissions: { ${permissions} } }
    ] }`,
  });
  const { running, db } = stack();
  const service = await running("ingest-jobs", {
    NATS_URL: broker.url,
    NATS_USERNAME: "ingest",
    NATS_PASSWORD: "secret",
  });
  const nats = await connect({ servers: broker.url });
  onTestFinished(() => nats.close());
  await jetstream(nats).publish(JOBS, startLine(50, T));
  await vi.waitFor(async () => {
    const rows = await db.selectFrom("job").select("id").where("job_id", "=", 50n).execute();
    expect(rows).toHaveLength(1);
  }, until);
  await service.logged("is not listed");
  await service.ready();
  service.kill("SIGTERM");
  expect(await service.exit).toBe(0);
  expect(service.log.filter(({ msg }) => String(msg).includes("is not listed"))).toHaveLength(1);
});

describe.each([
  { service: "ingest-jobs", setting: "JOB_CONCURRENCY", subject: JOBS, table: "job" },
  { service: "ingest-nodestate", setting: "NODE_CONCURRENCY", subject: NODES, table: "node" },
] as const)("$setting", ({ service, setting, subject, table }) => {
  test.each([1, 3])("of %i is that many batches in flight, and one that forms", async (batches) => {
    const { running, publish, drained, db, jsm } = stack();
    const size = service === "ingest-jobs" ? "INGEST_JOBS_BATCH_SIZE" : "INGEST_NODESTATE_BATCH_SIZE";
    const replica = await running(service, { [setting]: String(batches), [size]: "2" });
    await drained(service);
    const messages = 20;
    const stream = service === "ingest-jobs" ? "CC_JOB" : "CC_NODE";
    await db.transaction().execute(async (trx) => {
      // Nothing can be committed meanwhile.
      await sql`LOCK TABLE ${sql.table(table)} IN EXCLUSIVE MODE`.execute(trx);
      for (let i = 0; i < messages; i++)
        await publish(
          subject,
          subject === JOBS ? startLine(100 * batches + i, T) : nodesLine(T + i, [`n${i}`]),
        );
      await vi.waitFor(async () => {
        const { stats } = await listed(service);
        expect(stats).toMatchObject([{ batchesInFlight: batches, heldMessages: 2 * (batches + 1) }]);
      }, until);
      const { num_pending, num_ack_pending } = await jsm.consumers.info(stream, service);
      expect([num_ack_pending, num_pending]).toEqual([2 * (batches + 1), messages - 2 * (batches + 1)]);
      const { rows } = await sql`SELECT FROM pg_stat_activity WHERE application_name = ${service}
        AND wait_event_type = 'Lock' AND datname = current_database()`.execute(trx);
      expect(rows).toHaveLength(batches);
    });
    await drained(service);
    replica.kill("SIGTERM");
    expect(await replica.exit).toBe(0);
  });
});

const CHANGES = 8;

test.each([2, 4])(
  "%i replicas on one durable, coming and going at random: work shared, nothing lost, nothing doubled",
  async (most) => {
    const { running, drained, db } = stack();
    const random = xorshift128plus(most);
    const pick = (below: number) => uniformInt(random, 0, below - 1);
    const env = { INGEST_JOBS_BATCH_SIZE: "20", INGEST_JOBS_ACK_WAIT_SECONDS: "5" };
    const replicas: ServiceProcess[] = [];
    const fill = async () => {
      while (replicas.length < most) replicas.push(await running("ingest-jobs", env));
    };
    const jobs = async () => (await db.selectFrom("job").select("id").execute()).length;
    await fill();
    const messages = load(4_000, 10 + most);
    const part = Math.ceil(messages.length / (CHANGES + 1));
    for (let change = 0; change < CHANGES; change++) {
      const before = await jobs();
      const publishing = publishAll(stack(), messages.slice(change * part, (change + 1) * part));
      const signal = pick(2) === 0 ? "SIGKILL" : "SIGTERM";
      const [leaving] = replicas.splice(pick(replicas.length), 1);
      leaving?.kill(signal);
      if (replicas.length === 0 || pick(2) === 0) await fill();
      await publishing;
      await vi.waitFor(async () => expect(await jobs()).toBeGreaterThan(before), until);
      expect(await leaving?.exit).toBe(signal === "SIGKILL" ? "SIGKILL" : 0);
    }
    await fill();
    await publishAll(stack(), messages.slice(CHANGES * part));
    await drained("ingest-jobs");
    await expectAllJobs(stack(), messages);
    const { stats } = await listed("ingest-jobs");
    expect(stats).toHaveLength(most);
    expect(stats.filter(({ messages: share }) => share > 0).length).toBeGreaterThan(1);
  },
);
