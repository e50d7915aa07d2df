import type { NodeState } from "@cc-ingest/protocol";
import type { Database } from "../connection/connect.js";
import type { NodeStore } from "../nodes/apply.js";
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

/** Commits these events as one batch; what the database refuses fails the test. */
export async function storeNodes(
  db: Database,
  store: NodeStore,
  events: readonly NodeEvent[],
): Promise<readonly unknown[]> {
  const toDeadLetter = (_: NodeEvent, error: unknown): never => {
    throw error;
  };
  const { outcomes } = await store.commit(db, { events, deadLetters: [], toDeadLetter }, "whole");
  return outcomes;
}
