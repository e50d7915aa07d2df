import { sql } from "kysely";
import type { Database } from "../connection/connect.js";

const DAY = 86_400;

/**
 * Makes partitions of `node_state` before they are written to. It runs outside the batch's transaction: a batch holding
 * locks on nodes while it waits for another's partition could deadlock.
 */
export class Partitions {
  readonly #known = new Set<number>();

  /** Makes sure that the days (UTC) of these Unix seconds have a partition. */
  async ensure(db: Database, seconds: Iterable<number>): Promise<void> {
    const days = new Set<number>();
    for (const second of seconds) days.add(Math.floor(second / DAY));
    for (const day of [...days].toSorted((a, b) => a - b)) {
      if (this.#known.has(day)) continue;
      const date = new Date(day * DAY * 1000).toISOString().slice(0, 10);
      await sql`SELECT ensure_node_state_partition(${date}::date)`.execute(db);
      this.#known.add(day);
    }
  }

  forgetAll(): void {
    this.#known.clear();
  }
}

/** Makes the partitions of today, by the database's clock, and of `days` days after it, so that no batch has to wait for one. */
export async function makePartitionsAhead(db: Database, days: number): Promise<void> {
  await sql`SELECT ensure_node_state_partition((now() AT TIME ZONE 'UTC')::date + ahead)
    FROM generate_series(0, ${days}::integer) AS ahead`.execute(db);
}
