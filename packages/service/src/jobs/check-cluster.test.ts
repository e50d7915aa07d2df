import { fileURLToPath } from "node:url";
import { loadClusterDefinitions } from "@cc-ingest/config";
import { type MessageOutcome, decodeMessage } from "@cc-ingest/protocol";
import { expect, test } from "vitest";
import { checkCluster } from "./check-cluster.js";

const loaded = loadClusterDefinitions(
  fileURLToPath(new URL("../../../config/fixtures/clusters", import.meta.url)),
);
const definitions = loaded.ok ? loaded.definitions : undefined;

type Start = Extract<MessageOutcome, { kind: "start_job" }>;

function decode(kind: string, event: object) {
  const json = JSON.stringify(event).replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  const line = new TextEncoder().encode(`job,function=${kind} event="${json}"`);
  const [outcome] = decodeMessage(line, { streamTime: 1_760_000_000_000_000_000n });
  if (outcome?.kind !== "start_job" && outcome?.kind !== "stop_job")
    throw new Error(JSON.stringify(outcome?.kind));
  return outcome;
}

const start = (hostname: string, more: object = {}) =>
  decode("start_job", {
    cluster: "fritz",
    user: "u",
    jobId: 1,
    numNodes: 1,
    resources: [{ hostname }],
    startTime: 1_760_000_000,
    ...more,
  });

const subclusterOf = (event: ReturnType<typeof checkCluster>) => (event as Start).job.subCluster;

test("the fixtures are there", () => {
  expect(definitions?.has("fritz")).toBe(true);
});

test("without definitions any cluster is taken, with the subcluster it names", () => {
  const event = start("anything", { cluster: "elsewhere", subCluster: "sub" });
  expect(checkCluster(event, undefined)).toBe(event);
});

test("the subcluster comes from the first host", () => {
  const assigned = checkCluster(start("f0101"), definitions);
  expect(subclusterOf(assigned)).toBe(definitions?.subclusterOf("fritz", "f0101"));
  expect(subclusterOf(assigned)).not.toBe("");
});

test.each([
  ["f0101", "f2157", "main"],
  ["f2157", "f0101", "spr"],
])("of hosts of two subclusters, %s and %s, the first decides: %s", (first, second, subcluster) => {
  const resources = [{ hostname: first }, { hostname: second }];
  expect(subclusterOf(checkCluster(start(first, { numNodes: 2, resources }), definitions))).toBe(subcluster);
});

test("a subcluster that exists is kept", () => {
  const name =
    definitions?.clusters.find((cluster) => cluster.name === "fritz")?.subclusters.at(-1)?.name ?? "";
  expect(subclusterOf(checkCluster(start("f0101", { subCluster: name }), definitions))).toBe(name);
});

test.each([
  ["an unknown cluster", start("f0101", { cluster: "fritzz" }), "unknown_cluster"],
  ["an unknown subcluster", start("f0101", { subCluster: "nope" }), "unknown_subcluster"],
  ["a host in no list", start("x9999"), "host_in_no_subcluster"],
  [
    "the stop of an unknown cluster",
    decode("stop_job", { jobId: 1, cluster: "fritzz", stopTime: 1_760_000_000 }),
    "unknown_cluster",
  ],
])("%s is refused", (_, event, reason) => {
  expect(checkCluster(event, definitions)).toMatchObject({ reason, message: expect.any(String) });
});

test("a stop without cluster is taken", () => {
  const event = decode("stop_job", { jobId: 1, stopTime: 1_760_000_000 });
  expect(checkCluster(event, definitions)).toBe(event);
});
