import fc from "fast-check";
import { sql } from "kysely";
import { beforeEach, expect, test } from "vitest";
import { useEmptyTables } from "../testing/database.js";
import { dayTables, digitsOf, dropDayTables, midnight } from "../testing/node-days.js";
import { nodeState, nodes, storeNodes } from "../testing/node-samples.js";
import { NodeStore } from "./apply.js";
import { Partitions, makePartitionsAhead } from "./partitions.js";

const database = useEmptyTables();
const DAY = 86_400;

beforeEach(() => dropDayTables(database()));

/** Three days' tables, from the day of `before` or, should midnight strike between the statements, from today. */
async function threeDays(before: number): Promise<readonly (readonly string[])[]> {
  return [before, await midnight(database())].map((from) =>
    [0, 1, 2].map((day) => `node_state_${digitsOf(from + day * DAY)}`),
  );
}

test("today and the next days get their partitions, by the database's clock", async () => {
  const before = await midnight(database());
  await makePartitionsAhead(database(), 2);
  expect(await threeDays(before)).toContainEqual(await dayTables(database()));
});

test("many that want the same days at once get one partition each, and no error", async () => {
  const before = await midnight(database());
  const days = [before, before + DAY, before + 2 * DAY];
  await Promise.all(
    Array.from({ length: 24 }, (_, index) =>
      index % 2 === 0
        ? makePartitionsAhead(database(), 2)
        : new Partitions().ensure(database(), index % 4 === 1 ? days : days.toReversed()),
    ),
  );
  expect(await threeDays(before)).toContainEqual(await dayTables(database()));
});

test("a report of any day lies in that day's own partition: there is no default partition", async () => {
  const anyTime = fc.integer({ min: 946_684_800, max: 4_000_000_000 });
  const property = fc.asyncProperty(fc.array(anyTime, { minLength: 1, maxLength: 5 }), async (times) => {
    const events = times.map((time) => nodes(time, [nodeState("f0101")]));
    await storeNodes(database(), new NodeStore(), events);
    const { rows } = await sql<{ time_stamp: bigint; partition: string }>`
      SELECT time_stamp, tableoid::regclass::text AS partition FROM node_state`.execute(database());
    for (const { time_stamp, partition } of rows)
      expect(partition).toBe(`node_state_${digitsOf(Number(time_stamp))}`);
    const defaults = await sql`SELECT FROM pg_partitioned_table WHERE partdefid <> 0`.execute(database());
    expect(defaults.rows).toEqual([]);
  });
  await fc.assert(property, { numRuns: 30 });
});
