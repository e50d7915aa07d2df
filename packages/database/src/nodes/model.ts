import type { NodeState, NodeStates } from "@cc-ingest/protocol";
import type { ReportKey } from "./report-key.js";

/** One nodestate line. `eventTime`: nanoseconds since the epoch. */
export interface NodeEvent {
  readonly eventTime: bigint;
  readonly nodes: NodeStates;
}

/** Where a node stands and what it has. Memory in megabytes; undefined where unknown. */
export interface NodePlace {
  /** Empty for a node that no cluster definition lists. */
  readonly subcluster: string;
  readonly cores: number | undefined;
  /** Hardware threads. */
  readonly cpus: number | undefined;
  readonly memory: number | undefined;
  readonly gpus: number | undefined;
}

/** Where each node stands, by the cluster definitions. */
export type PlaceOf = (cluster: string, hostname: string) => NodePlace;

export type NodeOutcome = "applied" | "duplicate";

/** One node's part of an event, with the node's row id and the event's position in the batch. */
export interface NodeReport extends ReportKey {
  readonly event: number;
  /** Nanoseconds within the second. */
  readonly timeNs: number;
  readonly state: NodeState;
}

const SECOND = 1_000_000_000n;

export function splitTime(eventTime: bigint): { timeStamp: number; timeNs: number } {
  return { timeStamp: Number(eventTime / SECOND), timeNs: Number(eventTime % SECOND) };
}

/**
 * Orders two reports of one node: by time, and at the same time by content, so that order of arrival never decides. The
 * same order stands in SQL in `write.ts`; the two must agree.
 */
export function compareReports(a: NodeReport, b: NodeReport): number {
  return (
    a.timeStamp - b.timeStamp ||
    a.timeNs - b.timeNs ||
    a.state.cpusAllocated - b.state.cpusAllocated ||
    compareBigint(a.state.memoryAllocated, b.state.memoryAllocated) ||
    a.state.gpusAllocated - b.state.gpusAllocated ||
    a.state.jobsRunning - b.state.jobsRunning ||
    Buffer.compare(Buffer.from(statesKey(a.state)), Buffer.from(statesKey(b.state)))
  );
}

/** As SQL's `array_to_string(states, E'\n')` gives it. */
function statesKey(state: NodeState): string {
  return state.states.join("\n");
}

function compareBigint(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Of several reports for the same node and second the greatest; sorted by node and time. */
export function newestPerSecond(reports: readonly NodeReport[]): NodeReport[] {
  const sorted = reports.toSorted((a, b) => a.nodeId - b.nodeId || a.timeStamp - b.timeStamp);
  const best: NodeReport[] = [];
  for (const report of sorted) {
    const last = best.at(-1);
    if (last?.nodeId !== report.nodeId || last.timeStamp !== report.timeStamp) best.push(report);
    else if (compareReports(report, last) > 0) best[best.length - 1] = report;
  }
  return best;
}
