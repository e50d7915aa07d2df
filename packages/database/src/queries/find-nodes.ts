import { type RawBuilder, sql } from "kysely";
import type { Database } from "../connection/connect.js";
import type { HealthState, ResolvedState } from "../schema.js";

/** Which nodes. What is absent does not narrow. */
export interface NodeFilter {
  readonly cluster?: string | undefined;
  readonly subcluster?: string | undefined;
  readonly hostname?: string | undefined;
  /** What the reported states come to. */
  readonly states?: readonly ResolvedState[] | undefined;
  /** One of the states as they were reported, in any case, such as `drain`. */
  readonly rawState?: string | undefined;
}

/** A place in the list, which goes by cluster and host name. */
export interface NodePlaceInList {
  readonly cluster: string;
  readonly hostname: string;
}

/** What was last reported of a node, beside what it has. Memory in megabytes; null where unknown, and before its first report. */
export interface NodeRow {
  readonly cluster: string;
  readonly hostname: string;
  readonly subcluster: string;
  readonly time_stamp: bigint | null;
  readonly node_state: ResolvedState | null;
  readonly states: readonly string[] | null;
  readonly health_state: HealthState | null;
  readonly jobs_running: number | null;
  readonly cpus_allocated: number | null;
  readonly memory_allocated: bigint | null;
  readonly gpus_allocated: number | null;
  readonly cpus_total: number | null;
  readonly memory_total: bigint | null;
  readonly gpus_total: number | null;
}

/** A page of the nodes that fit, as last reported. */
export async function findNodes(
  db: Database,
  filter: NodeFilter,
  { limit, after }: { readonly limit: number; readonly after?: NodePlaceInList | undefined },
): Promise<NodeRow[]> {
  const { rows } = await sql<NodeRow>`
    SELECT cluster, hostname, subcluster, time_stamp, node_state, states, health_state, jobs_running, cpus_allocated,
      memory_allocated, gpus_allocated, cpus_total, memory_total, gpus_total
    FROM node WHERE ${sql.join(conditions(filter, after), sql` AND `)}
    ORDER BY cluster, hostname LIMIT ${limit}::integer`.execute(db);
  return rows;
}

function conditions(filter: NodeFilter, after: NodePlaceInList | undefined): RawBuilder<unknown>[] {
  const { cluster, subcluster, hostname, states, rawState } = filter;
  const fits: RawBuilder<unknown>[] = [];
  if (cluster !== undefined) fits.push(sql`cluster = ${cluster}`);
  if (subcluster !== undefined) fits.push(sql`subcluster = ${subcluster}`);
  if (hostname !== undefined) fits.push(sql`hostname = ${hostname}`);
  if (states !== undefined) fits.push(sql`node_state = ANY(${states}::text[])`);
  if (rawState !== undefined)
    fits.push(sql`EXISTS (SELECT FROM unnest(states) AS state WHERE lower(state) = lower(${rawState}))`);
  if (after !== undefined) fits.push(sql`(cluster, hostname) > (${after.cluster}, ${after.hostname})`);
  return fits.length === 0 ? [sql`true`] : fits;
}
