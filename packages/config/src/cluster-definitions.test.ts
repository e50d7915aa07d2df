import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { cluster, definitionsAt, definitionsIn, main } from "./testing/clusters.js";
import { expandNodeList } from "./testing/expand-node-list.js";
import { directoryWith } from "./testing/load.js";

const archive = fileURLToPath(new URL("../fixtures/clusters", import.meta.url));

describe("a directory of clusters, as in ClusterCockpit's job archive", () => {
  const definitions = definitionsAt(archive);
  const subcluster = (of: string, name: string) =>
    definitions.clusters.find((each) => each.name === of)?.subclusters.find((each) => each.name === name);

  it("gives each cluster with its subclusters", () => {
    expect(
      definitions.clusters.map(({ name, subclusters }) => [name, subclusters.map((each) => each.name)]),
    ).toEqual([
      ["alex", ["a100"]],
      ["fritz", ["main", "spr"]],
      ["woody", ["main"]],
    ]);
  });

  it("tells what a node has", () => {
    const capacity = (of: string, name: string) => subcluster(of, name)?.capacity;
    const memoryMb = undefined;
    expect(capacity("fritz", "main")).toEqual({ cores: 72, hwthreads: 72, memoryMb, accelerators: 0 });
    expect(capacity("fritz", "spr")).toEqual({ cores: 104, hwthreads: 104, memoryMb, accelerators: 0 });
    expect(capacity("alex", "a100")).toEqual({ cores: 128, hwthreads: 128, memoryMb, accelerators: 8 });
    expect(capacity("woody", "main")).toEqual({ cores: 4, hwthreads: 4, memoryMb, accelerators: 0 });
  });

  it.each([
    ["fritz", "main", 992],
    ["fritz", "spr", 64],
    ["alex", "a100", 79],
  ])("finds each host of %s %s", (of, name, nodes) => {
    const hosts = [...expandNodeList(subcluster(of, name)?.nodes ?? "")];
    expect(hosts).toHaveLength(nodes);
    // Twice: looked up, and remembered.
    for (const host of [...hosts, ...hosts])
      expect([host, definitions.subclusterOf(of, host)]).toEqual([host, name]);
  });

  it("knows no other host, subcluster or cluster", () => {
    for (const host of ["f0100", "f0189", "f1157", "f2156", "a0101", "", "x".repeat(300)])
      for (const _ of [1, 2]) expect(definitions.subclusterOf("fritz", host)).toBeUndefined();
    expect(definitions.subclusterOf("woody", "w".repeat(300))).toBe("main");
    expect(definitions.subclusterOf("emmy", "f0101")).toBeUndefined();
    expect(["fritz", "woody", "Fritz", "", "__proto__"].map((name) => definitions.has(name))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(definitions.hasSubcluster("fritz", "spr")).toBe(true);
    expect(definitions.hasSubcluster("alex", "spr")).toBe(false);
    expect(definitions.hasSubcluster("emmy", "main")).toBe(false);
  });

  it("say what each node of a subcluster has", () => {
    expect(definitions.capacityOf("fritz", "main")).toMatchObject({
      hwthreads: expect.any(Number) as number,
    });
    expect(definitions.capacityOf("fritz", "nope")).toBeUndefined();
    expect(definitions.capacityOf("emmy", "main")).toBeUndefined();
  });

  it("may be a mounted ConfigMap: hidden directories are left out, links followed", () => {
    const directory = directoryWith({
      "..data/fritz/cluster.json": cluster("fritz", main),
      "version.txt": "3",
    });
    symlinkSync(join("..data", "fritz"), join(directory, "fritz"));
    expect(definitionsAt(directory).clusters.map(({ name }) => name)).toEqual(["fritz"]);
  });
});

describe("a host of several subclusters", () => {
  const list = (...lists: string[]) =>
    definitionsIn(cluster("c", ...lists.map((nodes, index) => ({ name: `s${index}`, nodes }))));

  it("belongs to the first in file order", () => {
    const overlapping = list("n[01-10]", "n[05-20]", "n07");
    expect(["n04", "n05", "n07", "n11"].map((host) => overlapping.subclusterOf("c", host))).toEqual([
      "s0",
      "s0",
      "s0",
      "s1",
    ]);
    expect(list("n[05-20]", "n[01-10]").subclusterOf("c", "n07")).toBe("s0");
  });

  it('belongs to one with "*" only when no other names it, wherever that stands', () => {
    for (const lists of [
      ["*", "n[01-10]"],
      ["n[01-10]", "*"],
    ]) {
      const definitions = list(...lists);
      expect(definitions.subclusterOf("c", "n05")).toBe(`s${lists.indexOf("n[01-10]")}`);
      expect(definitions.subclusterOf("c", "n11")).toBe(`s${lists.indexOf("*")}`);
    }
    expect(list("*", "*").subclusterOf("c", "n05")).toBe("s0");
  });
});

describe("the size of a node", () => {
  const capacity = (subcluster: object) =>
    definitionsIn(cluster("c", { ...main, ...subcluster })).clusters[0]?.subclusters[0]?.capacity;
  const topology = {
    node: [0, 1, 2, 3],
    core: [
      [0, 2],
      [1, 3],
    ],
  };

  it("is sockets × cores × threads before the topology's lists, which may have slips", () => {
    const factors = { socketsPerNode: 2, coresPerSocket: 26, threadsPerCore: 2 };
    expect(capacity({ ...factors, topology })).toMatchObject({ cores: 52, hwthreads: 104 });
    expect(capacity(factors)).toMatchObject({ cores: 52, hwthreads: 104, accelerators: 0 });
  });

  it("else comes from the topology", () => {
    expect(capacity({ topology })).toMatchObject({ cores: 2, hwthreads: 4 });
    const none = { socketsPerNode: 0, coresPerSocket: 0, threadsPerCore: null };
    expect(capacity({ ...none, topology })).toMatchObject({ cores: 2, hwthreads: 4 });
  });

  it("is left open when the file does not tell it", () => {
    expect(capacity({})).toBeUndefined();
    expect(capacity({ topology: { node: [0, 1], accelerators: [{}] } })).toBeUndefined();
    expect(capacity({ socketsPerNode: 2, coresPerSocket: 4 })).toBeUndefined();
  });

  it("has the memory that is the peak of mem_used, the subcluster's own first", () => {
    const memory = (metric: object, more: object = {}) =>
      definitionsIn({
        ...cluster("c", { ...main, topology }),
        metricConfig: [
          { name: "mem_bw", unit: { base: "B/s", prefix: "G" }, peak: 350 },
          { name: "mem_used", unit: { base: "B", prefix: "G" }, ...metric },
        ],
        ...more,
      }).capacityOf("c", "main")?.memoryMb;
    expect(memory({ peak: 256 })).toBe(256_000);
    expect(memory({ peak: 256, unit: { base: "B", prefix: "M" } })).toBe(256);
    expect(memory({ peak: 2, unit: { base: "B", prefix: "T" } })).toBe(2_000_000);
    expect(memory({ peak: 256, subClusters: [{ name: "main", peak: 1024 }] })).toBe(1_024_000);
    expect(memory({ peak: 256, subClusters: [{ name: "other", peak: 1024 }] })).toBe(256_000);
    for (const untold of [{}, { peak: 0 }, { peak: "256" }, { peak: 1, unit: { base: "F" } }, { peak: -1 }])
      expect(memory(untold)).toBeUndefined();
    expect(memory({ peak: 256 }, { metricConfig: undefined })).toBeUndefined();
  });
});
