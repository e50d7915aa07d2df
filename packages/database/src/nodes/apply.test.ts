import { expect, test } from "vitest";
import { useEmptyTables } from "../testing/database.js";
import { nodeState, nodes } from "../testing/node-samples.js";
import { NodeStore } from "./apply.js";
import type { NodeEvent } from "./model.js";

const database = useEmptyTables();
const DAY = 86_400;
const T = 1_760_000_000;

async function commit(store: NodeStore, events: readonly NodeEvent[]) {
  const toDeadLetter = (_: NodeEvent, error: unknown): never => {
    throw error;
  };
  const { outcomes } = await store.commit(database(), { events, deadLetters: [], toDeadLetter }, "whole");
  return outcomes;
}

const history = () =>
  database()
    .selectFrom("node_state")
    .innerJoin("node", "node.id", "node_state.node_id")
    .select(["hostname", "node_state.time_stamp", "node_state.node_state", "node_state.jobs_running"])
    .orderBy("hostname")
    .orderBy("node_state.time_stamp")
    .execute();

const current = () =>
  database()
    .selectFrom("node")
    .select(["cluster", "hostname", "time_stamp", "node_state", "states", "jobs_running"])
    .orderBy("hostname")
    .execute();

test("a report becomes history and the node's newest state, with the states as they were sent", async () => {
  const down = nodeState("f0101", {
    states: ["IDLE", "drain", "down"],
    state: "down",
    memoryAllocated: 2n ** 40n,
  });
  expect(await commit(new NodeStore(), [nodes(T, [down])])).toEqual(["applied"]);
  expect(await current()).toEqual([
    {
      cluster: "fritz",
      hostname: "f0101",
      time_stamp: BigInt(T),
      node_state: "down",
      states: ["IDLE", "drain", "down"],
      jobs_running: 0,
    },
  ]);
  const [row] = await database().selectFrom("node_state").selectAll().execute();
  expect(row).toMatchObject({ memory_allocated: 2n ** 40n, health_state: null });
});

test("the newest state lists what was sent, whatever is in it", async () => {
  const lists = [[], [""], ["idle"], ["idle", "drain"], ["odd\nword"], ["", ""]];
  const reports = lists.map((states, index) => nodeState(`f${index}`, { states }));
  await commit(new NodeStore(), [nodes(T, reports)]);
  expect((await current()).map((row) => row.states)).toEqual(lists);
});

test("the same message twice changes nothing", async () => {
  const store = new NodeStore();
  const event = nodes(T, [nodeState("f0101"), nodeState("f0102")]);
  expect(await commit(store, [event])).toEqual(["applied"]);
  expect(await commit(store, [event])).toEqual(["duplicate"]);
  expect(await commit(new NodeStore(), [event, event])).toEqual(["duplicate", "duplicate"]);
  expect(await history()).toHaveLength(2);
});

test("a late report becomes history but not the newest state, also when its day has no partition yet", async () => {
  const store = new NodeStore();
  await commit(store, [nodes(T, [nodeState("f0101", { jobsRunning: 2 })])]);
  await commit(store, [nodes(T - 9 * DAY, [nodeState("f0101", { jobsRunning: 1 })])]);
  expect((await history()).map((row) => row.jobs_running)).toEqual([1, 2]);
  expect((await current())[0]?.jobs_running).toBe(2);
});

test("two reports in one second: the later one stands, whichever comes first", async () => {
  const early = nodes(T + 0.2, [nodeState("f0101", { jobsRunning: 9 })]);
  const late = nodes(T + 0.8, [nodeState("f0101", { jobsRunning: 1 })]);
  await commit(new NodeStore(), [late]);
  await commit(new NodeStore(), [early]);
  await commit(new NodeStore(), [nodes(T + 0.8, [nodeState("f0102")]), nodes(T + 0.2, [nodeState("f0102")])]);
  expect((await history()).map((row) => row.jobs_running)).toEqual([1, 0]);
  expect((await current()).map((row) => row.jobs_running)).toEqual([1, 0]);
});

test("a node deleted behind the store's back is made again", async () => {
  const store = new NodeStore();
  await commit(store, [nodes(T, [nodeState("f0101")])]);
  await database().deleteFrom("node").execute();
  expect(await commit(store, [nodes(T + 60, [nodeState("f0101")])])).toEqual(["applied"]);
});

test("a node gets its place and capacity once by each process, so that changed definitions arrive", async () => {
  const place = { subcluster: "main", cores: 72, cpus: 144, memory: undefined, gpus: 0 };
  const report = nodes(T, [nodeState("f0101")]);
  const placed = () =>
    database()
      .selectFrom("node")
      .select(["subcluster", "cores_total", "cpus_total", "memory_total", "gpus_total"])
      .execute();
  await commit(new NodeStore(), [report]);
  expect(await placed()).toMatchObject([{ subcluster: "", cpus_total: null }]);
  await commit(new NodeStore(() => place), [report]);
  const first = { subcluster: "main", cores_total: 72, cpus_total: 144, memory_total: null, gpus_total: 0 };
  expect(await placed()).toEqual([first]);
  await commit(new NodeStore(() => ({ ...place, subcluster: "spr", memory: 256_000 })), [report]);
  expect(await placed()).toEqual([{ ...first, subcluster: "spr", memory_total: 256_000n }]);
  await commit(new NodeStore(), [nodes(T + 60, [nodeState("f0101")])]);
  expect(await placed()).toMatchObject([{ subcluster: "spr" }]);
});
