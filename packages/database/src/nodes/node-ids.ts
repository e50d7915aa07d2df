import { type Transaction, sql } from "kysely";
import type { Schema } from "../schema.js";
import type { NodeEvent } from "./model.js";

type Trx = Transaction<Schema>;

export interface ResolvedNodes {
  readonly ids: ReadonlyMap<string, number>;
  readonly fresh: readonly NodeRow[];
}

export interface NodeRow {
  readonly id: number;
  readonly cluster: string;
  readonly hostname: string;
}

/**
 * Row ids of nodes, remembered over batches. An id is remembered only after the transaction that made or read it has
 * committed, and forgotten when a batch finds its row gone.
 */
export class NodeIds {
  readonly #known = new Map<string, number>();

  /** The ids of all nodes in these events, and which were not remembered; missing nodes are created. Not remembered yet. */
  async resolve(trx: Trx, events: readonly NodeEvent[]): Promise<ResolvedNodes> {
    const ids = new Map<string, number>();
    const missing = new Map<string, { cluster: string; hostname: string }>();
    for (const { nodes } of events) {
      for (const { hostname } of nodes.nodes) {
        const key = nodeKey(nodes.cluster, hostname);
        const id = this.#known.get(key);
        if (id === undefined) missing.set(key, { cluster: nodes.cluster, hostname });
        else ids.set(key, id);
      }
    }
    const fresh = missing.size === 0 ? [] : await createAndRead(trx, [...missing.values()]);
    for (const { id, cluster, hostname } of fresh) ids.set(nodeKey(cluster, hostname), id);
    return { ids, fresh };
  }

  remember(ids: ReadonlyMap<string, number>): void {
    for (const [key, id] of ids) this.#known.set(key, id);
  }

  forgetAll(): void {
    this.#known.clear();
  }
}

export function nodeKey(cluster: string, hostname: string): string {
  return `${cluster}\n${hostname}`;
}

async function createAndRead(trx: Trx, nodes: readonly Omit<NodeRow, "id">[]): Promise<readonly NodeRow[]> {
  const input = sql`json_to_recordset(${JSON.stringify(nodes)}::json) AS input (cluster text, hostname text)`;
  // In one order for all writers: two batches that meet the same new nodes must not wait for each other in a ring.
  await sql`INSERT INTO node (cluster, hostname) SELECT cluster, hostname FROM ${input}
    ORDER BY cluster, hostname ON CONFLICT DO NOTHING`.execute(trx);
  const { rows } = await sql<NodeRow>`
    SELECT node.id, cluster, hostname FROM ${input} JOIN node USING (cluster, hostname)`.execute(trx);
  return rows;
}
