import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import type { Database } from "../connection/connect.js";
import { errorCode } from "../errors.js";
import type { RetiredDay } from "./model.js";

/** A day of node states and the size of its table. */
export interface DayTable {
  readonly day: string;
  readonly bytes: number;
}

/** Inserts wait behind the request for the lock as long as running queries hold it off. */
const LOCK_TIMEOUT = "2s";
const LOCK_NOT_AVAILABLE = "55P03";

/** Running queries on `node_state` did not let a day go. */
export class DayInUseError extends Error {
  override readonly name = "DayInUseError";
  readonly code = LOCK_NOT_AVAILABLE;
}

/** Days that lie wholly before `horizon` (Unix seconds), the oldest first. */
export async function daysBefore(db: Database, horizon: number): Promise<readonly DayTable[]> {
  const { rows } = await sql<DayTable>`
    SELECT to_char(day, 'YYYY-MM-DD') AS day, pg_total_relation_size(relid)::float8 AS bytes
    FROM pg_partition_tree('node_state'),
      to_date(substring(relid::text from '^node_state_([0-9]{8})$'), 'YYYYMMDD') AS day
    WHERE day < to_timestamp(${horizon}::bigint) AT TIME ZONE 'UTC'
    ORDER BY day`.execute(db);
  return rows;
}

/** What a run that did not come to its end has left, the oldest first. */
export async function retiredDays(db: Database): Promise<readonly (DayTable & RetiredDay)[]> {
  const { rows } = await sql<DayTable & RetiredDay>`
    SELECT to_char(to_date(part[1], 'YYYYMMDD'), 'YYYY-MM-DD') AS day, part[2] AS tag,
      pg_total_relation_size(oid)::float8 AS bytes
    FROM pg_class, regexp_match(relname, '^node_state_retired_([0-9]{8})_([0-9a-f]+)$') AS part
    WHERE relkind = 'r' AND part IS NOT NULL AND pg_table_is_visible(oid)
    ORDER BY relname`.execute(db);
  return rows;
}

/**
 * Takes a day's partition out of `node_state` and renames it, in one transaction: a late report of that day finds its name free and
 * gets a new partition, and no report can be added to this one.
 *
 * @throws DayInUseError
 */
export async function retireDay(db: Database, { day }: DayTable): Promise<RetiredDay> {
  const retired = { day, tag: randomBytes(6).toString("hex") };
  try {
    await db.transaction().execute(async (trx) => {
      await sql`SET LOCAL lock_timeout = ${sql.lit(LOCK_TIMEOUT)}`.execute(trx);
      await sql`SELECT retire_node_state_day(${day}::date, ${retired.tag})`.execute(trx);
    });
  } catch (cause) {
    if (errorCode(cause) !== LOCK_NOT_AVAILABLE) throw cause;
    const message = `${day} stays for now: other queries hold node_state for longer than ${LOCK_TIMEOUT}`;
    throw new DayInUseError(message, { cause });
  }
  return retired;
}

export async function dropRetired(db: Database, { day, tag }: RetiredDay): Promise<void> {
  await sql`SELECT drop_retired_node_state(${day}::date, ${tag})`.execute(db);
}

export function retiredName({ day, tag }: RetiredDay): string {
  return `node_state_retired_${day.replaceAll("-", "")}_${tag}`;
}
