import { sql } from "kysely";
import type { Database } from "../connection/connect.js";
import type { HealthState, ResolvedState } from "../schema.js";

/** How many nodes of a cluster are in which state; null: no report of them has come yet. */
export interface ClusterSummary {
  readonly cluster: string;
  readonly nodes: ReadonlyMap<ResolvedState | null, number>;
}

/** The clusters that have nodes, by name. */
export async function readClusters(db: Database): Promise<ClusterSummary[]> {
  const counts = await db
    .selectFrom("node")
    .select(["cluster", "node_state", sql<bigint>`count(*)`.as("nodes")])
    .groupBy(["cluster", "node_state"])
    .execute();
  const clusters = new Map<string, Map<ResolvedState | null, number>>();
  for (const { cluster, node_state, nodes } of counts) {
    const states = clusters.get(cluster) ?? new Map<ResolvedState | null, number>();
    clusters.set(cluster, states.set(node_state, Number(nodes)));
  }
  return [...clusters]
    .map(([cluster, nodes]) => ({ cluster, nodes }))
    .toSorted((a, b) => (a.cluster < b.cluster ? -1 : 1));
}

/** A node with as much of its newest report as a cell shows. */
export interface NodeCell {
  readonly hostname: string;
  readonly subcluster: string;
  /** Null before its first report. */
  readonly state: ResolvedState | null;
  /** Whether the scheduler told more states than this one, such as `drain`. */
  readonly flagged: boolean;
}

/** All nodes of a cluster, by subcluster and name. */
export async function readNodeCells(db: Database, cluster: string): Promise<NodeCell[]> {
  const rows = await db
    .selectFrom("node")
    .select(["hostname", "subcluster", "node_state"])
    .select(sql<boolean>`coalesce(cardinality(array_remove(states, node_state)) > 0, false)`.as("flagged"))
    .where("cluster", "=", cluster)
    .orderBy("subcluster")
    .orderBy("hostname")
    .execute();
  return rows.map(({ node_state, ...cell }) => ({ ...cell, state: node_state }));
}

/** A node's newest report, and what it has. */
export interface NodeDetail {
  readonly id: number;
  readonly cluster: string;
  readonly hostname: string;
  readonly subcluster: string;
  readonly state: ResolvedState | null;
  /** As they were sent. */
  readonly states: readonly string[];
  readonly health: HealthState | null;
  /** Unix seconds; null before its first report. */
  readonly reportedAt: number | null;
  readonly jobsRunning: number;
  readonly cpus: Allocation;
  /** Megabytes. */
  readonly memory: Allocation;
  readonly gpus: Allocation;
}

/** `total`: null where no cluster definition tells. */
export interface Allocation {
  readonly allocated: number;
  readonly total: number | null;
}

export async function readNode(
  db: Database,
  cluster: string,
  hostname: string,
): Promise<NodeDetail | undefined> {
  const row = await db
    .selectFrom("node")
    .selectAll()
    .where("cluster", "=", cluster)
    .where("hostname", "=", hostname)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    id: row.id,
    cluster,
    hostname,
    subcluster: row.subcluster,
    state: row.node_state,
    states: row.states ?? [],
    health: row.health_state,
    reportedAt: row.time_stamp === null ? null : Number(row.time_stamp),
    jobsRunning: row.jobs_running ?? 0,
    cpus: { allocated: row.cpus_allocated ?? 0, total: row.cpus_total },
    memory: {
      allocated: Number(row.memory_allocated ?? 0n),
      total: row.memory_total === null ? null : Number(row.memory_total),
    },
    gpus: { allocated: row.gpus_allocated ?? 0, total: row.gpus_total },
  };
}

export interface StateChange {
  /** Unix seconds. */
  readonly at: number;
  readonly state: ResolvedState;
  readonly previous: ResolvedState | null;
}

/** When a node came into which state, the newest first. */
export async function readStateChanges(db: Database, nodeId: number, limit: number): Promise<StateChange[]> {
  const rows = await db
    .selectFrom("node_state_change")
    .select(["time_stamp", "node_state", "previous_state"])
    .where("node_id", "=", nodeId)
    .orderBy("time_stamp", "desc")
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    at: Number(row.time_stamp),
    state: row.node_state,
    previous: row.previous_state,
  }));
}
