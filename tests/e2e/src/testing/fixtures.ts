import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A message of the documentation or of a real producer, byte for byte. */
export function fixture(name: string): string {
  return readFileSync(
    new URL(`../../../../packages/protocol/fixtures/valid/${name}.lp`, import.meta.url),
    "utf8",
  );
}

/** Settings with the definitions of one cluster, so that all others are unknown. */
export function definitionsOf(cluster: string): Record<string, string> {
  const path = `../../../../packages/config/fixtures/clusters/${cluster}/cluster.json`;
  return { INGEST_CLUSTER_DEFINITIONS: fileURLToPath(new URL(path, import.meta.url)) };
}

const escape = (json: string): string => json.replaceAll("\\", "\\\\").replaceAll('"', '\\"');

export function startLine(jobId: number, startTime: number, more: object = {}): string {
  const event = {
    cluster: "fritz",
    user: "k106eb10",
    project: "k106eb",
    partition: "singlenode",
    numNodes: 1,
    resources: [{ hostname: "f0720" }],
    ...more,
    jobId,
    startTime,
  };
  return `job,function=start_job event="${escape(JSON.stringify(event))}" ${startTime}000000000`;
}

export function stopLine(jobId: number, stopTime: number, more: object = {}): string {
  const event = { cluster: "fritz", jobState: "completed", ...more, jobId, stopTime };
  return `job,function=stop_job event="${escape(JSON.stringify(event))}" ${stopTime}000000000`;
}

export function nodesLine(time: number, hostnames: readonly string[], more: object = {}): string {
  const nodes = hostnames.map((hostname) => ({ hostname, states: ["idle"], cpusAllocated: 0, ...more }));
  return `nodestate event="${escape(JSON.stringify({ cluster: "fritz", nodes }))}" ${time}000000000`;
}
