import { type Transaction, sql } from "kysely";
import type { Schema } from "../schema.js";
import type { NodeEvent } from "./model.js";

type Trx = Transaction<Schema>;

/** A node's row, as it was when it was read or written last. */
export interface KnownNode {
  readonly id: number;
  /** Unix seconds of its newest report; undefined without one. Others may have written a newer one since. */
  readonly newest: number | undefined;
}

export interface ResolvedNodes {
  /** The nodes of each event, in its order. */
  readonly nodes: readonly (readonly KnownNode[])[];
  /** Each of them once. */
  readonly distinct: readonly KnownNode[];
  /** Those that were not remembered. */
  readonly fresh: readonly NodeRow[];
  /** Call it when the transaction has committed. `newest`: of each node that was written, by id. */
  readonly remember: (newest: ReadonlyMap<number, number>) => void;
}

export interface NodeRow {
  readonly id: number;
  readonly cluster: string;
  readonly hostname: string;
}

interface Remembered extends NodeRow {
  newest: number | undefined;
}

type ByCluster = Map<string, Map<string, Remembered>>;

/**
 * Rows of nodes, remembered over batches. One is remembered only after the transaction that made or read it has committed, and
 * forgotten when a batch finds it gone or otherwise than remembered.
 */
export class KnownNodes {
  readonly #known: ByCluster = new Map();

  /** All nodes of these events; missing ones are created. */
  async resolve(trx: Trx, events: readonly NodeEvent[]): Promise<ResolvedNodes> {
    const fresh: ByCluster = new Map();
    const missing = this.#missing(events);
    for (const node of missing.length === 0 ? [] : await createAndRead(trx, missing)) put(fresh, node);
    const nodes = events.map(({ nodes: { cluster, nodes: reported } }) => {
      const [known, created] = [this.#known.get(cluster), fresh.get(cluster)];
      return reported.map(({ hostname }) => {
        const node = known?.get(hostname) ?? created?.get(hostname);
        if (node === undefined) throw new StaleNodeError(`node ${hostname} vanished while it was looked up`);
        return node;
      });
    });
    const distinct = new Set(nodes.flat());
    const created = [...fresh.values()].flatMap((hosts) => [...hosts.values()]);
    const remember = (newest: ReadonlyMap<number, number>): void => {
      for (const node of created) put(this.#known, node);
      for (const node of distinct) node.newest = newest.get(node.id) ?? node.newest;
    };
    return { nodes, distinct: [...distinct], fresh: created, remember };
  }

  #missing(events: readonly NodeEvent[]): { cluster: string; hostname: string }[] {
    const missing = new Map<string, { cluster: string; hostname: string }>();
    for (const { nodes } of events) {
      const { cluster } = nodes;
      const known = this.#known.get(cluster);
      for (const { hostname } of nodes.nodes)
        if (known?.has(hostname) !== true) missing.set(`${cluster}\n${hostname}`, { cluster, hostname });
    }
    return [...missing.values()];
  }

  forgetAll(): void {
    this.#known.clear();
  }
}

function put(nodes: ByCluster, node: Remembered): void {
  const hosts = nodes.get(node.cluster) ?? new Map<string, Remembered>();
  nodes.set(node.cluster, hosts.set(node.hostname, node));
}

async function createAndRead(
  trx: Trx,
  nodes: readonly Omit<NodeRow, "id">[],
): Promise<readonly Remembered[]> {
  const input = sql`json_to_recordset(${JSON.stringify(nodes)}::json) AS input (cluster text, hostname text)`;
  // In one order for all writers: two batches that meet the same new nodes must not wait for each other in a ring.
  await sql`INSERT INTO node (cluster, hostname) SELECT cluster, hostname FROM ${input}
    ORDER BY cluster, hostname ON CONFLICT DO NOTHING`.execute(trx);
  const { rows } = await sql<NodeRow & { time_stamp: bigint | null }>`
    SELECT node.id, cluster, hostname, time_stamp FROM ${input} JOIN node USING (cluster, hostname)`.execute(
    trx,
  );
  return rows.map(({ time_stamp: time, ...node }) => ({
    ...node,
    newest: time === null ? undefined : Number(time),
  }));
}

/** A remembered node whose row is gone: all are forgotten, and the batch succeeds when tried again. */
export class StaleNodeError extends Error {
  override readonly name = "StaleNodeError";
  /** serialization_failure: what it means to whoever classifies it. */
  readonly code = "40001";
}
