import type { Transaction } from "kysely";
import pLimit from "p-limit";
import { type Batch, type CommitMode, type Committed, commitBatch } from "../commit-batch.js";
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
import { KnownNodes, type ResolvedNodes, StaleNodeError } from "./known-nodes.js";
import { Partitions } from "./partitions.js";
import { placeNodes } from "./place-nodes.js";
import { addingToHistory, followHistory, lockNodes } from "./write.js";

/** Begins work when that of the batches before has ended. */
type Turn = <T>(work: () => Promise<T>) => Promise<T>;

/** Applies nodestate events. Remembers nodes and partitions between batches: one instance per process. */
export class NodeStore {
  readonly #nodes = new KnownNodes();
  readonly #partitions = new Partitions();
  /**
   * The batches of a process come to the locks of the nodes in the order in which they came here: the reports of one that is overtaken
   * are late ones, which cost several times as much.
   */
  readonly #inTurn = pLimit(1);
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
  ): Promise<Committed<NodeOutcome, never>> {
    const seconds = batch.events.map(({ eventTime }) => splitTime(eventTime).timeStamp);
    let learnt: (() => void)[] = [];
    let turn: Turn = (work) => this.#inTurn(work);
    try {
      await this.#partitions.ensure(db, seconds);
      const apply: Batch<Event, NodeOutcome, never>["apply"] = async (trx, events) => {
        const resolved = await this.#nodes.resolve(trx, events);
        const write = this.#write(trx, events, resolved, turn);
        // What is applied again may hold locks that the batch whose turn it is waits for.
        turn = (work) => work();
        const { outcomes, newest } = await write;
        learnt.push(() => resolved.remember(newest));
        return { outcomes, effects: [] };
      };
      const beforeRetry = async (): Promise<void> => {
        this.#forget();
        learnt = [];
        await this.#partitions.ensure(db, seconds);
      };
      const committed = await commitBatch(db, { ...batch, apply, beforeRetry }, mode);
      for (const remember of learnt) remember();
      return committed;
    } catch (error) {
      this.#forget();
      throw error;
    }
  }

  /** `newest`: the second of each node's newest report afterwards, by node id. */
  async #write(
    trx: Transaction<Schema>,
    events: readonly NodeEvent[],
    { nodes, distinct, fresh }: ResolvedNodes,
    turn: Turn,
  ): Promise<{ outcomes: readonly NodeOutcome[]; newest: ReadonlyMap<number, number> }> {
    const reports = newestPerSecond(toReports(events, nodes));
    const remembered = new Map(distinct.map(({ id, newest }) => [id, newest]));
    const add = addingToHistory(reports, remembered);
    const [added, locked] = await turn(async () => {
      const reported = await add(trx);
      return [reported, await lockNodes(trx, [...remembered.keys()])] as const;
    });
    if (locked.size !== remembered.size)
      throw new StaleNodeError("a node's row was deleted; it is looked up again");
    if (this.#placeOf !== undefined) await placeNodes(trx, fresh, this.#placeOf);
    await followHistory(trx, added, locked);
    const newest = new Map<number, number>();
    for (const [id, { timeStamp }] of locked) if (timeStamp !== undefined) newest.set(id, timeStamp);
    for (const { nodeId, timeStamp } of added)
      newest.set(nodeId, Math.max(timeStamp, newest.get(nodeId) ?? timeStamp));
    const changed = new Set(added.map(({ event }) => event));
    return { outcomes: events.map((_, index) => (changed.has(index) ? "applied" : "duplicate")), newest };
  }

  /** What was remembered may be what failed: a node deleted, a partition dropped. */
  #forget(): void {
    this.#nodes.forgetAll();
    this.#partitions.forgetAll();
  }
}

function toReports(events: readonly NodeEvent[], known: ResolvedNodes["nodes"]): NodeReport[] {
  const reports: NodeReport[] = [];
  events.forEach(({ eventTime, nodes }, event) => {
    const { timeStamp, timeNs } = splitTime(eventTime);
    const rows = known[event] ?? [];
    nodes.nodes.forEach((state, index) => {
      const nodeId = rows[index]?.id;
      if (nodeId !== undefined) reports.push({ event, nodeId, timeStamp, timeNs, state });
    });
  });
  return reports;
}
