import { sql } from "kysely";
import type { Database } from "./connection/connect.js";

/** How many of something wait for a person or for another event, and for how many seconds the first of them has. */
export interface Waiting {
  readonly count: number;
  /** By the database's clock; 0 when nothing waits. */
  readonly oldestSeconds: number;
}

/** Dead letters of a service that nobody has answered; their age is that of their messages. */
export async function waitingLetters(db: Database, service: string): Promise<Waiting> {
  const { rows } = await sql<Row>`
    SELECT count(*) AS count, extract(epoch FROM now() - min(received_at))::float8 AS oldest
    FROM dead_letter WHERE status IN ('open', 'replaying') AND service = ${service}`.execute(db);
  return waiting(rows);
}

/** Stops that wait for their start; their age counts from their stop time. */
export async function waitingStops(db: Database): Promise<Waiting> {
  const { rows } = await sql<Row>`
    SELECT count(*) AS count, (extract(epoch FROM now()) - min(stop_time))::float8 AS oldest
    FROM parked_stop`.execute(db);
  return waiting(rows);
}

interface Row {
  readonly count: bigint;
  readonly oldest: number | null;
}

function waiting([row]: readonly Row[]): Waiting {
  return { count: Number(row?.count ?? 0), oldestSeconds: Math.max(0, row?.oldest ?? 0) };
}
