import { beforeEach, describe, expect, test } from "vitest";
import { NodeStore } from "../nodes/apply.js";
import { useEmptyTables } from "../testing/database.js";
import { nodeState, nodes, storeNodes } from "../testing/node-samples.js";
import { readClusterNames } from "./cluster-names.js";
import { type NodeFilter, findNodes } from "./find-nodes.js";
import { readNodeHistory } from "./node-history.js";

const database = useEmptyTables();
const T = 1_760_000_000;

beforeEach(async () => {
  const place = (_: string, hostname: string) => ({
    subcluster: hostname.startsWith("f1") ? "spr" : "main",
    cores: 36,
    cpus: 72,
    memory: 256_000,
    gpus: 0,
  });
  const store = new NodeStore(place);
  await storeNodes(database(), store, [
    nodes(T, [nodeState("f01"), nodeState("f10"), nodeState("f11"), nodeState("f02")]),
    nodes(T, [nodeState("f01"), nodeState("a1")], "alex"),
    nodes(T + 60, [
      nodeState("f01", { state: "allocated", states: ["ALLOCATED"], cpusAllocated: 36, jobsRunning: 1 }),
      nodeState("f02", { state: "down", states: ["DOWN", "DRAIN"] }),
    ]),
  ]);
});

const names = async (filter: NodeFilter) =>
  (await findNodes(database(), filter, { limit: 100 })).map(
    ({ cluster, hostname }) => `${cluster}/${hostname}`,
  );

describe("nodes are found", () => {
  test.each<[string, NodeFilter, string[]]>([
    ["all", {}, ["alex/a1", "alex/f01", "fritz/f01", "fritz/f02", "fritz/f10", "fritz/f11"]],
    ["by cluster", { cluster: "alex" }, ["alex/a1", "alex/f01"]],
    ["by subcluster", { subcluster: "spr" }, ["fritz/f10", "fritz/f11"]],
    ["by name", { hostname: "f01" }, ["alex/f01", "fritz/f01"]],
    ["by state", { states: ["allocated", "down"] }, ["fritz/f01", "fritz/f02"]],
    ["by a state as reported, in any case", { rawState: "drain" }, ["fritz/f02"]],
    ["by all of it", { cluster: "fritz", subcluster: "main", hostname: "f02", states: ["idle"] }, []],
  ])("%s", async (_, filter, expected) => {
    expect(await names(filter)).toEqual(expected);
  });

  test("in pages, each once", async () => {
    const found: string[] = [];
    for (let after: { cluster: string; hostname: string } | undefined; ;) {
      const rows = await findNodes(database(), {}, { limit: 4, after });
      found.push(...rows.map(({ cluster, hostname }) => `${cluster}/${hostname}`));
      after = rows.at(-1);
      if (after === undefined) break;
    }
    expect(found).toEqual(await names({}));
  });

  test("with what was last reported, beside what they have", async () => {
    expect(await findNodes(database(), { cluster: "fritz", hostname: "f01" }, { limit: 1 })).toEqual([
      {
        cluster: "fritz",
        hostname: "f01",
        subcluster: "main",
        time_stamp: BigInt(T + 60),
        node_state: "allocated",
        states: ["ALLOCATED"],
        health_state: null,
        jobs_running: 1,
        cpus_allocated: 36,
        memory_allocated: 0n,
        gpus_allocated: 0,
        cpus_total: 72,
        memory_total: 256_000n,
        gpus_total: 0,
      },
    ]);
  });
});

describe("of a node's history", () => {
  const history = (from: number, to: number, limit = 10) =>
    readNodeHistory(database(), {
      cluster: "fritz",
      hostname: "f01",
      from: BigInt(from),
      to: BigInt(to),
      limit,
    });
  const times = async (...range: [number, number, number?]) =>
    (await history(...range))?.map(({ time_stamp }) => Number(time_stamp));

  test("the reports of a time come in its order, its end left out", async () => {
    expect(await times(T, T + 61)).toEqual([T, T + 60]);
    expect(await times(T, T + 60)).toEqual([T]);
    expect(await times(T + 1, T + 61)).toEqual([T + 60]);
    expect(await times(T, T + 61, 1)).toEqual([T]);
    expect(await history(T + 60, T + 61)).toMatchObject([{ node_state: "allocated", states: ["ALLOCATED"] }]);
  });

  test("a known node may have none, an unknown one has none to tell", async () => {
    expect(await times(0, 10)).toEqual([]);
    const unknown = { cluster: "alex", hostname: "f02", from: 0n, to: 1n, limit: 1 };
    expect(await readNodeHistory(database(), unknown)).toBeUndefined();
  });
});

test("a cluster of which only nodes are known is named too", async () => {
  expect(await readClusterNames(database())).toEqual(["alex", "fritz"]);
});
