import { expect, test } from "vitest";
import { NodeStore } from "../nodes/apply.js";
import { useEmptyTables } from "../testing/database.js";
import { nodeState, nodes, storeNodes } from "../testing/node-samples.js";
import { readClusters, readNode, readNodeCells, readStateChanges } from "./nodes.js";

const database = useEmptyTables();
const T = 1_760_000_400;

const report = (time: number, ...states: Parameters<typeof nodeState>[]) =>
  nodes(
    time,
    states.map(([hostname, more]) => nodeState(hostname, more)),
  );

test("clusters are counted by state, and cells tell which nodes have further states", async () => {
  await storeNodes(database(), new NodeStore(), [
    report(T, ["n2", { state: "down", states: ["down", "drain"] }], ["n1"], ["n3"]),
    nodes(T, [nodeState("x1")], "alex"),
  ]);
  expect(await readClusters(database())).toEqual([
    { cluster: "alex", nodes: new Map([["idle", 1]]) },
    {
      cluster: "fritz",
      nodes: new Map([
        ["down", 1],
        ["idle", 2],
      ]),
    },
  ]);
  expect(await readNodeCells(database(), "fritz")).toEqual([
    { hostname: "n1", subcluster: "", state: "idle", flagged: false },
    { hostname: "n2", subcluster: "", state: "down", flagged: true },
    { hostname: "n3", subcluster: "", state: "idle", flagged: false },
  ]);
  expect(await readNodeCells(database(), "woody")).toEqual([]);
});

test("a node is told as last reported, with its changes of state, the newest first", async () => {
  await storeNodes(database(), new NodeStore(), [
    report(T, ["n1"]),
    report(T + 60, [
      "n1",
      { state: "allocated", states: ["allocated"], cpusAllocated: 72, memoryAllocated: 9n },
    ]),
    report(T + 120, ["n1", { state: "allocated", states: ["allocated", "drain"], cpusAllocated: 36 }]),
  ]);
  const node = await readNode(database(), "fritz", "n1");
  expect(node).toMatchObject({
    state: "allocated",
    states: ["allocated", "drain"],
    reportedAt: T + 120,
    cpus: { allocated: 36, total: null },
  });
  expect(await readStateChanges(database(), node?.id ?? 0, 10)).toEqual([
    { at: T + 60, state: "allocated", previous: "idle" },
    { at: T, state: "idle", previous: null },
  ]);
  expect(await readStateChanges(database(), node?.id ?? 0, 1)).toHaveLength(1);
  expect(await readNode(database(), "alex", "n1")).toBeUndefined();
});
