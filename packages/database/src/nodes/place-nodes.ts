import { type Transaction, sql } from "kysely";
import type { Schema } from "../schema.js";
import type { PlaceOf } from "./model.js";
import type { NodeRow } from "./known-nodes.js";

/**
 * Gives nodes the subcluster and the capacity that the cluster definitions say. A process does so once for each node it meets, so
 * definitions that have changed arrive with its next start. The caller has locked the nodes.
 */
export async function placeNodes(
  trx: Transaction<Schema>,
  nodes: readonly NodeRow[],
  placeOf: PlaceOf,
): Promise<void> {
  if (nodes.length === 0) return;
  const rows = nodes.map(({ id, cluster, hostname }) => ({ id, ...placeOf(cluster, hostname) }));
  await sql`UPDATE node
    SET subcluster = input.subcluster, cores_total = cores, cpus_total = cpus, memory_total = memory, gpus_total = gpus
    FROM json_to_recordset(${JSON.stringify(rows)}::json)
      AS input (id integer, subcluster text, cores integer, cpus integer, memory bigint, gpus integer)
    WHERE node.id = input.id AND (node.subcluster, cores_total, cpus_total, memory_total, gpus_total)
      IS DISTINCT FROM (input.subcluster, cores, cpus, memory, gpus)`.execute(trx);
}
