import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadClusterDefinitions } from "./load-cluster-definitions.js";
import { cluster, definitionsIn, main, problemsAt } from "./testing/clusters.js";
import { configOf, directoryWith, load } from "./testing/load.js";

const problemsOfFile = (content: unknown): string[] =>
  problemsAt(directoryWith({ "cluster.json": content }), "cluster.json");

describe("a file that is not as it should be", () => {
  it.each([
    [
      { subClusters: [main] },
      'name: is missing; write the cluster\'s name as jobs state it, as in "name": "fritz"',
    ],
    [cluster("", main), "name: is empty; write the cluster's name"],
    [
      { name: 5, subClusters: [main] },
      "name: must be a string, but is of type number; write the cluster's name",
    ],
    [{ name: "c" }, 'subClusters: is missing; list them, as in "subClusters": [{ "name": "main", "nodes":'],
    [{ name: "c", subClusters: null }, "subClusters: is missing; list them"],
    [cluster("c"), "subClusters: is empty; list them"],
    [{ name: "c", subClusters: { main } }, "subClusters: must be an array, but is of type object; list them"],
    [cluster("c", "main"), "subClusters[0]: must be an object { … }, but is of type string"],
    [
      cluster("c", { nodes: "n1" }),
      'subClusters[0].name: is missing; name the subcluster, as in "name": "main"',
    ],
    [
      cluster("c", { name: "main" }),
      'subClusters[0].nodes: is missing; list the hosts, as in "nodes": "n[001-100]"',
    ],
    [cluster("c", { name: "main", nodes: "" }), "subClusters[0].nodes: is empty; list the hosts"],
    [
      cluster("c", { name: "main", nodes: ["n1"] }),
      "subClusters[0].nodes: must be a string, but is of type array",
    ],
    [cluster("c", main, { name: "b", nodes: "b,n[1-10]" }), "subClusters[1].nodes: at character 5: "],
    [
      cluster("c", main, main),
      'subClusters[1].name: "main" is taken by subClusters[0]; give each its own name',
    ],
    [
      cluster("c", { ...main, coresPerSocket: "36" }),
      "subClusters[0].coresPerSocket: must be an integer from 0",
    ],
    [cluster("c", { ...main, topology: [] }), "subClusters[0].topology: must be an object"],
    [cluster("c", { ...main, topology: { node: 72 } }), "subClusters[0].topology.node: must be an array"],
    ['{ "name": "c", }', "is not valid JSON at line 1, column 16: a key in double quotes is missing"],
    ["[]", "must hold a JSON object at the top level"],
    ["[".repeat(100_000), "is nested too deeply"],
  ])("%j", (content, problem) => {
    const [first, ...others] = problemsOfFile(content);
    expect(others).toEqual([]);
    expect(first).toContain(`DIR/cluster.json: ${problem}`);
  });

  it("tells every problem at once, of every file", () => {
    const directory = directoryWith({
      "a/cluster.json": { subClusters: [{ nodes: "n_1,n[2-1]" }, "x"] },
      "b/cluster.json": cluster("c", { ...main, socketsPerNode: -1 }),
    });
    expect(problemsAt(directory).map((problem) => problem.split(":", 2).join(":"))).toEqual([
      "DIR/a/cluster.json: name",
      "DIR/a/cluster.json: subClusters[0].name",
      "DIR/a/cluster.json: subClusters[0].nodes",
      "DIR/a/cluster.json: subClusters[0].nodes",
      "DIR/a/cluster.json: subClusters[1]",
      "DIR/b/cluster.json: subClusters[0].socketsPerNode",
    ]);
  });

  it("does not flood the screen with one list", () => {
    const nodes = Array.from({ length: 50 }, (_, index) => `n_${index}`).join(",");
    const problems = problemsOfFile(cluster("c", { name: "main", nodes }));
    expect(problems).toHaveLength(11);
    expect(problems.at(-1)).toContain("40 more terms are wrong");
  });

  it("keeps each problem on its line", () => {
    const name = "a\nb";
    expect(problemsAt(directoryWith({}), name)).toHaveLength(1);
    expect(problemsOfFile(cluster("c", { ...main, name }, { ...main, name }))).toHaveLength(1);
  });

  it("of duplicate keys the last counts, and unknown keys are left alone", () => {
    const text =
      '{ "name": "a", "name": "b", "x": {}, "subClusters": [{ "name": "m", "nodes": "*", "y": 1 }] }';
    expect(definitionsIn(text).clusters.map(({ name }) => name)).toEqual(["b"]);
  });
});

describe("a path that is not as it should be", () => {
  const mend = "give a cluster.json, or a directory that holds <cluster>/cluster.json";

  it("names nothing", () => {
    expect(problemsAt(directoryWith({}), "x.json")).toEqual([
      `DIR/x.json: there is no such file or directory; ${mend}`,
    ]);
    expect(problemsAt(directoryWith({ x: "" }), "x/y")).toEqual([
      `DIR/x/y: there is no such file or directory; ${mend}`,
    ]);
    expect(loadClusterDefinitions("a\0b").ok).toBe(false);
  });

  it("names no file", () => {
    expect(loadClusterDefinitions("/dev/null")).toMatchObject({
      problems: [{ place: "/dev/null", message: `is neither a file nor a directory; ${mend}` }],
    });
  });

  it("names a directory without clusters", () => {
    const problem = `DIR: no directory in it holds a cluster.json; ${mend}`;
    expect(problemsAt(directoryWith({ "version.txt": "3" }))).toEqual([problem]);
    expect(problemsAt(directoryWith({ "a/x": "", "b/x": "" }))).toEqual([problem]);
  });

  it("names a directory in which one cluster has no file", () => {
    const directory = directoryWith({ "fritz/cluster.json": cluster("fritz", main), "alex/1403/x": "" });
    expect(problemsAt(directory)).toEqual([
      "DIR/alex: holds no cluster.json; add the one of this cluster, or move the directory away",
    ]);
  });

  it("names the directory of one cluster", () => {
    expect(problemsAt(directoryWith({ "cluster.json": cluster("c", main), "1403/x": "" }))).toEqual([
      "DIR: is the directory of one cluster; give DIR/cluster.json itself, or the directory above",
    ]);
  });

  it("names a directory in which two files are of one cluster", () => {
    const directory = directoryWith({
      "alex/cluster.json": cluster("fritz", main),
      "fritz/cluster.json": cluster("fritz", main),
    });
    expect(problemsAt(directory)).toEqual([
      'DIR/fritz/cluster.json: name: "fritz" is already the name in DIR/alex/cluster.json; give each cluster its own',
    ]);
  });
});

describe("the setting ingest.cluster-definitions", () => {
  const given = { ingest: { "cluster-definitions": "etc/cluster.json" } };

  it("is a path from the working directory, and may be left out", () => {
    const directory = directoryWith({ "config.json": given });
    const { clusterDefinitions } = configOf(load(given, { directory })).ingest;
    expect(clusterDefinitions).toBe(join(directory, "etc/cluster.json"));
    expect(configOf(load({})).ingest.clusterDefinitions).toBeUndefined();
  });

  it("gives way to the environment", () => {
    const env = {
      DATABASE_URL: "postgres://h/d",
      NATS_URL: "h",
      INGEST_CLUSTER_DEFINITIONS: "/srv/clusters",
    };
    expect(configOf(load(given, { env })).ingest.clusterDefinitions).toBe("/srv/clusters");
  });
});
