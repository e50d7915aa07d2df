import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { type Database, connectDatabase, migrateUrl } from "@cc-ingest/database";
import { useDatabase } from "@cc-ingest/devstack/testing";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { ccingest, main } from "./testing/ccingest.js";
import { startLine, stopLine } from "./testing/fixtures.js";
import { until } from "./testing/service-process.js";
import { JOBS, useStack } from "./testing/stack.js";
import { type TableContent, contentOf } from "./testing/tables.js";
import { send, traffic } from "./testing/traffic.js";

const stack = useStack();
const other = useDatabase({ migrate: migrateUrl });
let db: Database;
let filled: Record<string, TableContent>;

/** What ccingest and the services get to work on the other database. */
const env = () => ({ ...stack().env, DATABASE_URL: other().url, INGEST_JOBS_BATCH_SIZE: "20" });
const replay = (...args: string[]) => ccingest(["replay", ...args], env());
const content = () => contentOf(db);
const storedJobs = async () => (await db.selectFrom("job").select("id").execute()).length;

/** How many hold the lock that only one replay gets. */
async function replaysAtWork(on: Parameters<ReturnType<typeof sql>["execute"]>[0] = db): Promise<number> {
  const { rows } = await sql`SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`.execute(on);
  return rows.length;
}

beforeAll(async () => {
  db = connectDatabase({ url: other().url, poolSize: 2, applicationName: "e2e" });
});
afterAll(() => db.destroy());

beforeEach(async () => {
  await sql`TRUNCATE job, tag, jobtag, parked_stop, node, node_state, node_state_change, nodes_per_state_delta,
    dead_letter, watermark`.execute(db);
  for (const stream of ["CC_JOB", "CC_NODE"]) {
    const { jsm } = stack();
    for await (const { name } of filled === undefined ? [] : jsm.consumers.list(stream))
      if (name.includes("replay")) await jsm.consumers.delete(stream, name);
  }
});

test("into an empty database it gives the tables that the services made", async () => {
  const { running, drained, publish, jsm } = stack();
  await running("ingest-jobs");
  await running("ingest-nodestate");
  await send(stack(), traffic({ jobs: 1_000, seed: 7 }));
  await publish(
    JOBS,
    startLine(2, 1_760_000_000, { tags: [{ type: "app", name: "lammps", scope: "global" }] }),
  );
  // One whose start never comes.
  await publish(JOBS, stopLine(1, 1_760_000_000));
  await drained("ingest-jobs");
  await drained("ingest-nodestate");
  filled = await contentOf(stack().db);
  const empty = Object.entries(filled).filter(([, { rows }]) => rows === 0);
  expect(empty).toEqual([]);
  const told = (await jsm.streams.info("CC_LIFECYCLE")).state.last_seq;
  expect(told).toBeGreaterThan(0);

  const jobs = await replay("--stream", "CC_JOB", "--from", "1");
  // How far it is, where it takes long.
  expect([jobs.code, jobs.stderr]).toEqual([0, expect.stringMatching(/^(replayed .*\n)*$/)]);
  expect(jobs.stdout).toMatch(/^CC_JOB 1–\d+ for ingest-jobs: [\d,]+ messages .* events applied/);
  const nodes = await replay("--stream", "CC_NODE", "--from", "2020-01-01T00:00:00Z", "--json");
  expect(nodes.code).toBe(0);
  expect(JSON.parse(nodes.stdout)).toMatchObject([{ service: "ingest-nodestate", from: 1 }]);
  expect(await content()).toEqual(filled);
  expect((await jsm.streams.info("CC_LIFECYCLE")).state.last_seq).toBe(told);
});

test("a second time it changes nothing, and the services have nothing to compare after it", async () => {
  for (const stream of ["CC_JOB", "CC_NODE"]) await replay("--stream", stream, "--from", "1");
  const again = await replay("--stream", "CC_JOB", "--from", "1", "--json");
  expect(JSON.parse(again.stdout)).toMatchObject([{ service: "ingest-jobs", applied: 0 }]);
  expect(await content()).toEqual(filled);
  const service = await stack().running("ingest-jobs", { DATABASE_URL: other().url });
  const ackFloor = (await stack().jsm.consumers.info("CC_JOB", "ingest-jobs")).ack_floor.stream_seq;
  const { applied_floor } = await db
    .selectFrom("watermark")
    .select("applied_floor")
    .where("stream", "=", "CC_JOB")
    .executeTakeFirstOrThrow();
  expect(applied_floor).toBe(BigInt(ackFloor));
  service.kill("SIGTERM");
  expect(await service.exit).toBe(0);
  expect(service.log.filter(({ msg }) => String(msg).includes("applying"))).toEqual([]);
});

test("killed or interrupted, it goes on where it was, and gives the same tables", async () => {
  const args = ["replay", "--stream", "CC_JOB", "--from", "1"];
  for (const { signal, exits, says } of [
    { signal: "SIGKILL", exits: [null, "SIGKILL"], says: /^$/ },
    { signal: "SIGINT", exits: [1, null], says: /going on where[^]*interrupted after \d+ of \d+/ },
  ] as const) {
    // What a killed one had asked for may still commit; only then is what is new the work of the next.
    await vi.waitFor(async () => {
      expect(await replaysAtWork()).toBe(0);
    }, until);
    const rows = await storedJobs();
    const child = spawn(process.execPath, [main, ...args], { env: env() });
    const stderr = text(child.stderr);
    const exit = once(child, "exit");
    await vi.waitFor(async () => {
      expect(await storedJobs()).toBeGreaterThan(rows);
    }, until);
    child.kill(signal);
    expect(await exit).toEqual(exits);
    expect(await stderr).toMatch(says);
  }
  const last = await ccingest([...args, "--json"], env());
  expect([last.code, last.stderr]).toEqual([0, expect.stringMatching(/^going on where an earlier replay/)]);
  const [{ messages }] = JSON.parse(last.stdout) as [{ messages: number }];
  expect(messages).toBeLessThan((await stack().jsm.streams.info("CC_JOB")).state.messages);
  await replay("--stream", "CC_NODE", "--from", "1");
  expect(await content()).toEqual(filled);
});

test("beside running services it is harmless", async () => {
  const { running, drained } = stack();
  await running("ingest-jobs");
  await running("ingest-nodestate");
  const sending = send(stack(), traffic({ jobs: 500, seed: 8 }));
  const intoFilled = (stream: string) => ccingest(["replay", "--stream", stream, "--from", "1"], stack().env);
  const replays = await Promise.all([intoFilled("CC_JOB"), intoFilled("CC_NODE")]);
  expect(replays.map(({ code }) => code)).toEqual([0, 0]);
  await sending;
  await drained("ingest-jobs");
  await drained("ingest-nodestate");
  for (const stream of ["CC_JOB", "CC_NODE"]) await replay("--stream", stream, "--from", "1");
  expect(await content()).toEqual(await contentOf(stack().db));
});

test("one at a time: a second one from the same place says that there is another", async () => {
  const blocked = await db.transaction().execute(async (trx) => {
    // The first one can't commit anything meanwhile.
    await sql`LOCK TABLE job IN EXCLUSIVE MODE`.execute(trx);
    const first = replay("--stream", "CC_JOB", "--from", "1");
    await vi.waitFor(async () => {
      expect(await replaysAtWork(trx)).toBe(1);
    }, until);
    const second = await replay("--stream", "CC_JOB", "--from", "1");
    expect([second.code, second.stderr]).toEqual([
      1,
      "error: another replay of CC_JOB from 1 is running: wait for it\n",
    ]);
    return { first };
  });
  expect((await blocked.first).code).toBe(0);
});

test("only a stretch, and announced when that is asked for", async () => {
  const { jsm } = stack();
  const told = (await jsm.streams.info("CC_LIFECYCLE")).state.last_seq;
  const run = await replay("--stream", "CC_JOB", "--from", "11", "--to", "30", "--announce", "--json");
  expect(JSON.parse(run.stdout)).toMatchObject([{ messages: 20, from: 11, to: 30 }]);
  expect((await jsm.streams.info("CC_LIFECYCLE")).state.last_seq).toBeGreaterThan(told);
  expect(await db.selectFrom("watermark").selectAll().execute()).toEqual([]);
});

test("mistakes are named with what would be right", async () => {
  const nowhere = await replay("--stream", "CC_JOBS", "--from", "1");
  expect([nowhere.code, nowhere.stderr]).toEqual([
    2,
    "error: there is no stream CC_JOBS: there are CC_JOB, CC_LIFECYCLE, CC_NODE\n",
  ]);
  const beyond = await replay("--stream", "CC_JOB", "--from", "9999999");
  expect(beyond.code).toBe(2);
  expect(beyond.stderr).toMatch(/stream CC_JOB holds 1 to \d+, and 9999999 to \d+ were asked for/);
  const foreign = await replay("--stream", "CC_LIFECYCLE", "--from", "1");
  expect(foreign.code).toBe(2);
  expect(foreign.stderr).toContain("neither cc.job.event nor cc.node.state");
});
