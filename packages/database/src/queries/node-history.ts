import { sql } from "kysely";
import type { Database } from "../connection/connect.js";
import type { HealthState, ResolvedState } from "../schema.js";

/** One report of a node. Time in Unix seconds, memory in megabytes. */
export interface NodeReportRow {
  readonly time_stamp: bigint;
  readonly node_state: ResolvedState;
  readonly states: readonly string[];
  readonly health_state: HealthState | null;
  readonly jobs_running: number;
  readonly cpus_allocated: number;
  readonly memory_allocated: bigint;
  readonly gpus_allocated: number;
}

export interface NodeHistoryRange {
  readonly cluster: string;
  readonly hostname: string;
  /** Unix seconds; the begin is included, the end is not. */
  readonly from: bigint;
  readonly to: bigint;
  readonly limit: number;
}

/** What was reported of a node in a time, in the order of time; undefined when nobody has heard of the node. */
export async function readNodeHistory(
  db: Database,
  { cluster, hostname, from, to, limit }: NodeHistoryRange,
): Promise<readonly NodeReportRow[] | undefined> {
  const nodes = await sql<{ id: number }>`
    SELECT id FROM node WHERE hostname = ${hostname} AND cluster = ${cluster}`.execute(db);
  const [node] = nodes.rows;
  if (node === undefined) return undefined;
  const { rows } = await sql<NodeReportRow>`
    SELECT time_stamp, node_state, states, health_state, jobs_running, cpus_allocated, memory_allocated, gpus_allocated
    FROM node_state WHERE node_id = ${node.id}::integer AND time_stamp >= ${from}::bigint AND time_stamp < ${to}::bigint
    ORDER BY time_stamp LIMIT ${limit}::integer`.execute(db);
  return rows;
}
