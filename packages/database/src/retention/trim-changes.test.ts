import { sql } from "kysely";
import { expect, test } from "vitest";
import { NodeStore } from "../nodes/apply.js";
import type { NodeEvent } from "../nodes/model.js";
import type { ResolvedState } from "../schema.js";
import { useEmptyTables } from "../testing/database.js";
import { nodeState, nodes } from "../testing/node-samples.js";
import { trimChanges } from "./trim-changes.js";

const database = useEmptyTables();
const DAY = 86_400;
const HORIZON = 1_760_054_400;
const refused = (_: NodeEvent, error: unknown): never => {
  throw error;
};

async function report(...reports: readonly (readonly [number, string, ResolvedState])[]): Promise<void> {
  const events = reports.map(([time, host, state]) =>
    nodes(time, [nodeState(host, { state, states: [state] })]),
  );
  await new NodeStore().commit(database(), { events, deadLetters: [], toDeadLetter: refused }, "whole");
}

async function answers(from: number, to: number) {
  const down = await sql`SELECT * FROM node_down_time('fritz', ${from}, ${to}) ORDER BY hostname`.execute(
    database(),
  );
  const exact = await sql`SELECT * FROM nodes_per_state('fritz', ${from}, ${to}, 7)`.execute(database());
  const slots = await sql`SELECT * FROM nodes_per_state('fritz', ${from}, ${to}, 600)`.execute(database());
  return { down: down.rows, exact: exact.rows, slots: slots.rows };
}

test("changes before the horizon go, and what is asked of the time after it is answered as before", async () => {
  await report(
    [HORIZON - 3 * DAY, "n1", "idle"],
    [HORIZON - 2 * DAY, "n1", "down"],
    [HORIZON - DAY, "n2", "idle"],
    [HORIZON - 60, "n2", "allocated"],
    [HORIZON, "n3", "idle"],
    [HORIZON + 600, "n1", "idle"],
    [HORIZON + 900, "n2", "down"],
    [HORIZON + 1800, "n2", "idle"],
  );
  const before = await answers(HORIZON, HORIZON + 3_000);
  await trimChanges(database(), HORIZON);
  const left = await database()
    .selectFrom("node_state_change as change")
    .innerJoin("node", "node.id", "node_id")
    .select(["hostname", "change.time_stamp", "change.node_state"])
    .where("change.time_stamp", "<", BigInt(HORIZON))
    .orderBy("hostname")
    .execute();
  expect(left.map((row) => `${row.hostname} ${row.node_state}`)).toEqual(["n1 down", "n2 allocated"]);
  expect(await answers(HORIZON, HORIZON + 3_000)).toEqual(before);
  expect(before.down).toHaveLength(2);
  // A report between two that are left finds the state before it in the changes, where the history has gone.
  await database().deleteFrom("node_state").where("time_stamp", "<", BigInt(HORIZON)).execute();
  await report([HORIZON + 300, "n1", "down"]);
  expect(await answers(HORIZON, HORIZON + 3_000)).toEqual(before);
});
