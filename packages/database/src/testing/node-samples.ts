import type { NodeState } from "@cc-ingest/protocol";
import type { NodeEvent } from "../nodes/model.js";

const SECOND = 1_000_000_000n;

export function nodeState(hostname: string, overrides: Partial<NodeState> = {}): NodeState {
  return {
    hostname,
    states: ["idle"],
    state: "idle",
    cpusAllocated: 0,
    memoryAllocated: 0n,
    gpusAllocated: 0,
    jobsRunning: 0,
    ...overrides,
  };
}

/** A nodestate event at a time in seconds (fractions allowed). */
export function nodes(time: number, states: readonly NodeState[], cluster = "fritz"): NodeEvent {
  const ns = BigInt(Math.floor(time)) * SECOND + BigInt(Math.round((time % 1) * 1e9));
  return { eventTime: ns, nodes: { cluster, nodes: states } };
}
