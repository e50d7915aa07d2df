import { fileURLToPath } from "node:url";
import { loadClusterDefinitions } from "@cc-ingest/config";
import { decodeMessage } from "@cc-ingest/protocol";
import { expect, test } from "vitest";
import { type NodestateLine, checkHosts } from "./check-hosts.js";
import { nodePlaces } from "./node-places.js";

const loaded = loadClusterDefinitions(
  fileURLToPath(new URL("../../../config/fixtures/clusters", import.meta.url)),
);
const definitions = loaded.ok ? loaded.definitions : undefined;

function report(cluster: string, ...hostnames: readonly string[]): NodestateLine {
  const event = { cluster, nodes: hostnames.map((hostname) => ({ hostname, states: ["idle"] })) };
  const line = `nodestate event="${JSON.stringify(event).replaceAll('"', '\\"')}"`;
  const [outcome] = decodeMessage(new TextEncoder().encode(line), { streamTime: 1_760_000_000_000_000_000n });
  if (outcome?.kind !== "nodestate") throw new Error(JSON.stringify(outcome?.kind));
  return outcome;
}

const hostsOf = (line: object) =>
  ("nodes" in line ? (line as NodestateLine).nodes.nodes : []).map((n) => n.hostname);

test("the fixtures are there", () => {
  expect(definitions?.has("fritz")).toBe(true);
});

test("without definitions every node is taken", () => {
  const line = report("elsewhere", "a", "b");
  expect(checkHosts(line, undefined, "reject")).toBe(line);
});

test("nodes that are listed are taken as they are", () => {
  const line = report("fritz", "f0101", "f0102");
  expect(checkHosts(line, definitions, "reject")).toBe(line);
});

test("of a line with others in it the listed ones are taken, and the others refused", () => {
  const left = checkHosts(report("fritz", "x1", "f0101", "x2", "f0102"), definitions, "reject");
  expect(hostsOf(left)).toEqual(["f0101", "f0102"]);
  expect(left).toHaveProperty("refused", {
    reason: "host_in_no_subcluster",
    message: "host x1 (and 1 more of this line) is in no node list of cluster fritz",
  });
});

test("a line without any listed node is refused", () => {
  expect(checkHosts(report("fritz", "x1"), definitions, "reject")).toEqual({
    reason: "host_in_no_subcluster",
    message: "host x1 is in no node list of cluster fritz",
  });
});

test("an unknown cluster is refused", () => {
  expect(checkHosts(report("fritzz", "f0101"), definitions, "reject")).toMatchObject({
    reason: "unknown_cluster",
  });
});

test("all of them are taken when the site says so", () => {
  for (const line of [report("fritz", "x1"), report("fritzz", "f0101")])
    expect(checkHosts(line, definitions, "accept")).toBe(line);
});

test("a node stands in the subcluster that lists it, with what that has; one that none lists in none", () => {
  const placeOf = nodePlaces(definitions);
  const capacity = definitions?.capacityOf("fritz", "main");
  expect(placeOf?.("fritz", "f0101")).toEqual({
    subcluster: "main",
    cores: capacity?.cores,
    cpus: capacity?.hwthreads,
    memory: undefined,
    gpus: 0,
  });
  expect(placeOf?.("fritz", "x1")).toMatchObject({ subcluster: "", cores: undefined });
  expect(nodePlaces(undefined)).toBeUndefined();
});
