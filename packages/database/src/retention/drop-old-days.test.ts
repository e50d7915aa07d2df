import { sql } from "kysely";
import { beforeEach, describe, expect, test } from "vitest";
import { NodeStore } from "../nodes/apply.js";
import { useEmptyTables } from "../testing/database.js";
import { dayTables, digitsOf, dropDayTables, midnight } from "../testing/node-days.js";
import { nodeState, nodes, storeNodes } from "../testing/node-samples.js";
import { dropOldDays, readOldDays } from "./drop-old-days.js";
import type { DayArchive } from "./model.js";

const database = useEmptyTables();
const DAY = 86_400;
/** Long ago: whatever the clock, these days are old, and days around today tell the horizon. */
const OLD = Date.UTC(2020, 0, 1) / 1000;

beforeEach(() => dropDayTables(database()));

/** One report of the node at each of these times. */
async function store(times: readonly number[], hostname = "f0101", by = new NodeStore()): Promise<void> {
  await storeNodes(
    database(),
    by,
    times.map((time) => nodes(time, [nodeState(hostname)])),
  );
}

async function storedTimes(): Promise<number[]> {
  const rows = await database().selectFrom("node_state").select("time_stamp").orderBy("time_stamp").execute();
  return rows.map(({ time_stamp }) => Number(time_stamp));
}

/** Keeps in memory what it is given, as `day tag host time`. */
function memory(): DayArchive & { readonly kept: string[] } {
  const kept: string[] = [];
  return {
    kept,
    prepare: async () => {},
    async write({ day, tag }, rows) {
      for await (const part of rows)
        kept.push(...part.map((row) => `${day} ${tag} ${row.hostname} ${row.time_stamp}`));
      return { file: "memory" };
    },
  };
}

const withoutTag = (line: string): string => line.replace(/ [0-9a-f]{12} /, " ");

describe("the horizon", () => {
  test("is midnight of the database's clock less the days that stay; whole days before it are dropped", async () => {
    const before = await midnight(database());
    const days = Array.from({ length: 8 }, (_, index) => before + (index - 6) * DAY);
    await store(days.flatMap((day) => [day, day + DAY - 1]));
    const dropped: string[] = [];
    const horizon = await dropOldDays(database(), { days: 3, onDropped: ({ day }) => dropped.push(day) });
    const after = await midnight(database());
    expect([before - 3 * DAY, after - 3 * DAY]).toContain(horizon);
    const old = days.filter((day) => day + DAY <= Number(horizon));
    expect(dropped.map((day) => day.replaceAll("-", ""))).toEqual(old.map(digitsOf));
    expect(await storedTimes()).toEqual(
      days.flatMap((day) => [day, day + DAY - 1]).filter((time) => time >= Number(horizon)),
    );
  });

  test("tells beforehand what would go, and drops nothing by that", async () => {
    await store([OLD, OLD + DAY]);
    expect(await readOldDays(database(), 30)).toEqual([
      { day: "2020-01-01", bytes: expect.any(Number) },
      { day: "2020-01-02", bytes: expect.any(Number) },
    ]);
    expect(await storedTimes()).toHaveLength(2);
  });
});

test("with the days go the changes of state, but for the last of each node", async () => {
  const states = (["idle", "down", "idle"] as const).map((state, index) =>
    nodes(OLD + index * 60, [nodeState("f0101", { state, states: [state] })]),
  );
  await storeNodes(database(), new NodeStore(), states);
  await dropOldDays(database(), { days: 1 });
  const left = await database()
    .selectFrom("node_state_change")
    .select(["time_stamp", "node_state"])
    .execute();
  expect(left).toEqual([{ time_stamp: BigInt(OLD + 120), node_state: "idle" }]);
});

test("the newest state of each node stays, though its day goes", async () => {
  await store([OLD, OLD + 60]);
  await dropOldDays(database(), { days: 1 });
  expect(await storedTimes()).toEqual([]);
  const node = await database().selectFrom("node").select(["hostname", "time_stamp", "node_state"]).execute();
  expect(node).toEqual([{ hostname: "f0101", time_stamp: BigInt(OLD + 60), node_state: "idle" }]);
});

test("a report of a day that has gone gets a partition again, also from a store that remembers the day", async () => {
  const remembers = new NodeStore();
  await store([OLD], "f0101", remembers);
  await dropOldDays(database(), { days: 1 });
  await store([OLD + 1], "f0101", remembers);
  expect(await storedTimes()).toEqual([OLD + 1]);
});

test("only one does it at a time; another one is told so and does nothing", async () => {
  await store([OLD, OLD + DAY]);
  const archive = memory();
  const answers: unknown[] = [];
  const first = await dropOldDays(database(), {
    days: 1,
    archive: {
      ...archive,
      async write(day, rows) {
        answers.push(await dropOldDays(database(), { days: 1 }));
        return await archive.write(day, rows);
      },
    },
  });
  expect(answers).toEqual(["busy", "busy"]);
  expect(first).toEqual(expect.any(Number));
  expect(archive.kept).toHaveLength(2);
  expect(await dropOldDays(database(), { days: 1 })).not.toBe("busy");
});

test("a query that goes on keeps its day, and holds up inserts no longer than the request for the lock", async () => {
  await store([OLD]);
  const query = await database().startTransaction().execute();
  await query.selectFrom("node_state").select("node_id").execute();
  try {
    await Promise.all([
      expect(dropOldDays(database(), { days: 1 })).rejects.toThrow(/2020-01-01 stays for now/),
      store([OLD + DAY, OLD + 2 * DAY]),
    ]);
    expect(await dayTables(database())).toHaveLength(3);
  } finally {
    await query.commit().execute();
  }
  await dropOldDays(database(), { days: 1 });
  expect(await dayTables(database())).toEqual([]);
});

describe("a run that ends between two steps", () => {
  test("before the day is archived: the next one archives and drops it, and what came late meanwhile", async () => {
    await store([OLD, OLD + DAY]);
    const archive = memory();
    const failing = { ...archive, write: () => Promise.reject(new Error("the process dies")) };
    await expect(dropOldDays(database(), { days: 1, archive: failing })).rejects.toThrow("dies");
    expect(await dayTables(database())).toEqual([
      "node_state_20200102",
      expect.stringMatching(/^node_state_retired_20200101_/),
    ]);
    await store([OLD + 1]);
    await dropOldDays(database(), { days: 1, archive });
    expect(archive.kept.map(withoutTag)).toEqual([
      `2020-01-01 f0101 ${OLD}`,
      `2020-01-01 f0101 ${OLD + 1}`,
      `2020-01-02 f0101 ${OLD + DAY}`,
    ]);
    expect(new Set(archive.kept.map((line) => line.split(" ")[1])).size).toBe(3);
    expect(await dayTables(database())).toEqual([]);
  });

  test("after the day is archived: the archive is asked for the same day and tag again", async () => {
    await store([OLD]);
    const archive = memory();
    const write: DayArchive["write"] = async (day, rows) => {
      await archive.write(day, rows);
      throw new Error("the process dies");
    };
    await expect(dropOldDays(database(), { days: 1, archive: { ...archive, write } })).rejects.toThrow(
      "dies",
    );
    await dropOldDays(database(), { days: 1, archive });
    expect(archive.kept).toHaveLength(2);
    expect(new Set(archive.kept).size).toBe(1);
  });

  test("with an archive that is not ready: nothing leaves node_state", async () => {
    await store([OLD]);
    const archive = { ...memory(), prepare: () => Promise.reject(new Error("no such directory")) };
    await expect(dropOldDays(database(), { days: 1, archive })).rejects.toThrow("no such directory");
    expect(await dayTables(database())).toEqual(["node_state_20200101"]);
  });

  test("stopped while it reads: the day is there, whole, for the next one", async () => {
    await store([OLD, OLD + 60]);
    const stop = new AbortController();
    const archive = memory();
    const options = { days: 1, archive, onProgress: () => stop.abort(), signal: stop.signal };
    await expect(dropOldDays(database(), options)).rejects.toThrow(/aborted/);
    const again = memory();
    await dropOldDays(database(), { days: 1, archive: again });
    expect(again.kept.map(withoutTag)).toEqual([`2020-01-01 f0101 ${OLD}`, `2020-01-01 f0101 ${OLD + 60}`]);
  });
});

test("every row of a table of many blocks is read once, whatever its node became", async () => {
  await store([OLD]);
  await sql`INSERT INTO node_state SELECT n, ${OLD}::bigint + t * 60, 0, 'idle', '{idle}', 0, 0, 0, 0
    FROM generate_series(1000, 1499) AS n, generate_series(0, 199) AS t`.execute(database());
  const archive = memory();
  const parts: number[] = [];
  await dropOldDays(database(), { days: 1, archive, onProgress: (_, part) => parts.push(part) });
  expect(parts.length).toBeGreaterThan(1);
  expect(parts).toEqual(parts.toSorted((a, b) => a - b));
  expect(parts.at(-1)).toBe(1);
  expect(archive.kept).toHaveLength(100_001);
  expect(archive.kept.filter((line) => line.includes(" null "))).toHaveLength(100_000);
});

test("reports that come for old days while they go are archived or stored, each once", async () => {
  const archive = memory();
  const sent: string[] = [];
  const writers = Array.from({ length: 3 }, async (_, writer) => {
    const by = new NodeStore();
    for (let round = 0; round < 60; round++) {
      const time = OLD + (round % 3) * DAY + round;
      await store([time], `w${writer}`, by);
      sent.push(`w${writer} ${time}`);
    }
  });
  const end = new AbortController();
  const written = Promise.all(writers).finally(() => end.abort());
  while (!end.signal.aborted) await dropOldDays(database(), { days: 1, archive });
  await written;
  await dropOldDays(database(), { days: 1, archive });
  expect(await storedTimes()).toEqual([]);
  const kept = archive.kept.map((line) => line.split(" ").slice(2).join(" "));
  expect(kept.toSorted()).toEqual(sent.toSorted());
});
