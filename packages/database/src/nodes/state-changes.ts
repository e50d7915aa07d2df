import type { ResolvedState } from "../schema.js";
import type { ReportKey } from "./report-key.js";

/** A row of `node_state_change` but for its key. `previous` is undefined for a node's first report. */
export interface StateChange {
  readonly state: ResolvedState;
  readonly previous: ResolvedState | undefined;
}

/** What becomes of one row of `node_state_change`: it is added, altered or taken away. */
export interface ChangeEdit extends ReportKey {
  readonly cluster: string;
  readonly before: StateChange | undefined;
  readonly after: StateChange | undefined;
}

/** A node with its newest report, as it was before this batch. */
export interface LockedNode {
  readonly cluster: string;
  readonly timeStamp: number | undefined;
  readonly state: ResolvedState | undefined;
}

/** A report's place and the state it resolves to. */
export interface StateAt extends ReportKey {
  readonly state: { readonly state: ResolvedState };
}

/**
 * The changes that reports newer than all others of their nodes bring. They are sorted by node and time; `before` tells each node's
 * state ahead of them.
 */
export function changesOfNewer(
  reports: readonly StateAt[],
  nodes: ReadonlyMap<number, LockedNode>,
  before: (nodeId: number) => ResolvedState | undefined,
): ChangeEdit[] {
  const edits: ChangeEdit[] = [];
  let last: StateAt | undefined;
  for (const report of reports) {
    const { nodeId, timeStamp } = report;
    const { state } = report.state;
    const previous = last?.nodeId === nodeId ? last.state.state : before(nodeId);
    last = report;
    if (state === previous) continue;
    const cluster = nodes.get(nodeId)?.cluster ?? "";
    edits.push({ nodeId, cluster, timeStamp, before: undefined, after: { state, previous } });
  }
  return edits;
}

/** Width of a slot of `nodes_per_state_delta`, in seconds; the SQL function `nodes_per_state` goes by it too. */
export const SLOT_SECONDS = 300;

/** By how much the number of a cluster's nodes in a state changes within a slot. */
export interface StateDelta {
  readonly cluster: string;
  /** Begin of the slot, in Unix seconds. */
  readonly slot: number;
  readonly state: ResolvedState;
  readonly delta: number;
}

/** What edits mean for the number of nodes in each state, without zeros, in the order in which rows must be locked. */
export function deltasOf(edits: readonly ChangeEdit[]): StateDelta[] {
  const sums = new Map<string, StateDelta>();
  const add = (cluster: string, slot: number, state: ResolvedState | undefined, delta: number): void => {
    if (state === undefined) return;
    const key = `${cluster}\n${slot}\n${state}`;
    sums.set(key, { cluster, slot, state, delta: (sums.get(key)?.delta ?? 0) + delta });
  };
  for (const { cluster, timeStamp, before, after } of edits) {
    const slot = Math.floor(timeStamp / SLOT_SECONDS) * SLOT_SECONDS;
    add(cluster, slot, after?.state, 1);
    add(cluster, slot, after?.previous, -1);
    add(cluster, slot, before?.state, -1);
    add(cluster, slot, before?.previous, 1);
  }
  return [...sums.values()].filter(({ delta }) => delta !== 0).toSorted(compareDeltas);
}

function compareDeltas(a: StateDelta, b: StateDelta): number {
  if (a.cluster !== b.cluster) return a.cluster < b.cluster ? -1 : 1;
  return a.slot - b.slot || (a.state < b.state ? -1 : 1);
}
