import type { Transaction } from "kysely";
import { type Applied, type Batch, type CommitMode, commitBatch } from "../commit-batch.js";
import type { Database } from "../connection/connect.js";
import type { Schema } from "../schema.js";
import {
  type NodeEvent,
  type NodeOutcome,
  type NodeReport,
  type PlaceOf,
  newestPerSecond,
  splitTime,
} from "./model.js";
import { NodeIds, type ResolvedNodes, nodeKey } from "./node-ids.js";
import { Partitions } from "./partitions.js";
import { placeNodes } from "./place-nodes.js";
import { lockNodes, writeReports } from "./write.js";

/** A remembered node id whose row is gone: the ids are forgotten, and the batch succeeds when tried again. */
class StaleNodeError extends Error {
  override readonly name = "StaleNodeError";
  /** serialization_failure: what it means to whoever classifies it. */
  readonly code = "40001";
}

/** Applies nodestate events. Remembers node ids and partitions between batches: one instance per process. */
export class NodeStore {
  readonly #ids = new NodeIds();
  readonly #partitions = new Partitions();
  readonly #placeOf: PlaceOf | undefined;

  /** Without `placeOf` nodes keep the subcluster and the capacity they have. */
  constructor(placeOf?: PlaceOf) {
    this.#placeOf = placeOf;
  }

  /** As `commitBatch` with the node store's way of applying. */
  async commit<Event extends NodeEvent>(
    db: Database,
    batch: Omit<Batch<Event, NodeOutcome, never>, "apply">,
    mode: CommitMode,
  ): Promise<Applied<NodeOutcome | "rejected", never>> {
    const seconds = batch.events.map(({ eventTime }) => splitTime(eventTime).timeStamp);
    let seen: ReadonlyMap<string, number>[] = [];
    try {
      await this.#partitions.ensure(db, seconds);
      const apply: Batch<Event, NodeOutcome, never>["apply"] = async (trx, events) => {
        const resolved = await this.#ids.resolve(trx, events);
        seen.push(resolved.ids);
        return { outcomes: await applyNodeEvents(trx, events, resolved, this.#placeOf), effects: [] };
      };
      const beforeRetry = async (): Promise<void> => {
        this.#forget();
        seen = [];
        await this.#partitions.ensure(db, seconds);
      };
      const applied = await commitBatch(db, { ...batch, apply, beforeRetry }, mode);
      for (const ids of seen) this.#ids.remember(ids);
      return applied;
    } catch (error) {
      this.#forget();
      throw error;
    }
  }

  /** What was remembered may be what failed: a node deleted, a partition dropped. */
  #forget(): void {
    this.#ids.forgetAll();
    this.#partitions.forgetAll();
  }
}

async function applyNodeEvents(
  trx: Transaction<Schema>,
  events: readonly NodeEvent[],
  { ids, fresh }: ResolvedNodes,
  placeOf: PlaceOf | undefined,
): Promise<readonly NodeOutcome[]> {
  const reports = newestPerSecond(toReports(events, ids));
  const nodeIds = [...new Set(reports.map(({ nodeId }) => nodeId))];
  const nodes = await lockNodes(trx, nodeIds);
  if (nodes.size !== nodeIds.length)
    throw new StaleNodeError("a node's row was deleted; its id is looked up again");
  if (placeOf !== undefined) await placeNodes(trx, fresh, placeOf);
  const written = await writeReports(trx, reports, nodes);
  const changed = new Set(written.map(({ event }) => event));
  return events.map((_, index) => (changed.has(index) ? "applied" : "duplicate"));
}

function toReports(events: readonly NodeEvent[], ids: ReadonlyMap<string, number>): NodeReport[] {
  return events.flatMap(({ eventTime, nodes }, event) => {
    const { timeStamp, timeNs } = splitTime(eventTime);
    return nodes.nodes.map((state): NodeReport => {
      const nodeId = ids.get(nodeKey(nodes.cluster, state.hostname));
      if (nodeId === undefined)
        throw new StaleNodeError(`node ${state.hostname} vanished while it was looked up`);
      return { event, nodeId, timeStamp, timeNs, state };
    });
  });
}
