import { type Database, type NodeCell, readNodeCells } from "@cc-ingest/database";
import { cellClass } from "../views/nodes.js";
import { pause } from "./region.js";

const LOOK_MS = 2_000;

/** A node whose cell has changed: its name, its state, and how its cell looks. */
export type CellChange = readonly [hostname: string, state: string, look: string];

/** Looks at the nodes of each cluster that somebody watches; once, however many watch. */
export class GridWatches {
  readonly #db: Database;
  readonly #looks = new Map<string, { readonly at: number; readonly cells: Promise<NodeCell[]> }>();

  constructor(db: Database) {
    this.#db = db;
  }

  /** First all nodes, and from then on those that have changed. */
  async *changes(cluster: string, end: AbortSignal): AsyncGenerator<CellChange[]> {
    const shown = new Map<string, string>();
    while (!end.aborted) {
      const cells = await this.#look(cluster).catch(() => []);
      const changed = cells.flatMap(({ hostname, state, flagged }): CellChange[] => {
        const look = cellClass(state, flagged);
        if (shown.get(hostname) === look) return [];
        shown.set(hostname, look);
        return [[hostname, state ?? "silent", look]];
      });
      if (changed.length > 0) yield changed;
      await pause(LOOK_MS, end);
    }
  }

  async #look(cluster: string): Promise<NodeCell[]> {
    const last = this.#looks.get(cluster);
    if (last !== undefined && Date.now() - last.at < LOOK_MS / 2) return await last.cells;
    const cells = readNodeCells(this.#db, cluster);
    this.#looks.set(cluster, { at: Date.now(), cells });
    return await cells;
  }
}
