import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { expect, onTestFinished, test, vi } from "vitest";
import { nodesLine } from "./testing/fixtures.js";
import { until } from "./testing/service-process.js";
import { NODES, useStack } from "./testing/stack.js";

const stack = useStack();
/** 1 January 2020. */
const OLD = 1_577_836_800;

async function times(): Promise<bigint[]> {
  const rows = await stack().db.selectFrom("node_state").select("time_stamp").orderBy("time_stamp").execute();
  return rows.map(({ time_stamp }) => time_stamp);
}

function moveTo(path: string): Readonly<Record<string, string>> {
  return {
    INGEST_NODESTATE_RETENTION_DAYS: "30",
    INGEST_NODESTATE_RETENTION_POLICY: "move",
    INGEST_NODESTATE_RETENTION_PATH: path,
  };
}

async function newDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "cc-ingest-e2e-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

test("ingest-nodestate makes the partitions of today and the next days before anything comes", async () => {
  const { db, running } = stack();
  await running("ingest-nodestate");
  await vi.waitFor(async () => {
    const { rows } = await sql<{ ahead: number }>`
      SELECT to_date(right(relid::text, 8), 'YYYYMMDD') - (now() AT TIME ZONE 'UTC')::date AS ahead
      FROM pg_partition_tree('node_state') WHERE isleaf ORDER BY ahead`.execute(db);
    expect([
      [0, 1, 2],
      [-1, 0, 1],
    ]).toContainEqual(rows.map(({ ahead }) => ahead));
  }, until);
});

test("it moves old days to files, and goes on when the directory does not do", async () => {
  const { db, running, publish, drained } = stack();
  const now = Math.floor(Date.now() / 1000);
  const keeps = await running("ingest-nodestate");
  await publish(NODES, nodesLine(OLD, ["f0101"]));
  await drained("ingest-nodestate");
  keeps.kill("SIGTERM");
  expect(await keeps.exit).toBe(0);

  const missing = join(await newDirectory(), "missing");
  const fails = await running("ingest-nodestate", moveTo(missing));
  expect(await fails.logged("a chore failed")).toMatchObject({
    chore: "retire old days",
    err: {
      message: expect.stringContaining(
        `the directory for node states, ${missing}, can't be used: there is no such directory; create it`,
      ),
    },
  });
  await publish(NODES, nodesLine(now, ["f0101"]));
  await drained("ingest-nodestate");
  expect(await times()).toEqual([BigInt(OLD), BigInt(now)]);
  fails.kill("SIGTERM");
  expect(await fails.exit).toBe(0);

  const directory = await newDirectory();
  const moves = await running("ingest-nodestate", moveTo(directory));
  const { file } = await moves.logged("moved a day of node states");
  expect([file]).toEqual((await readdir(directory)).map((name) => join(directory, name)));
  expect(await times()).toEqual([BigInt(now)]);
  expect((await moves.get("/metrics")).body).toMatch(/^ingest_retired_days_total\{[^}]*\} [1-9]/m);
  const [node] = await db.selectFrom("node").select("time_stamp").execute();
  expect(node?.time_stamp).toBe(BigInt(now));
});
