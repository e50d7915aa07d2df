import { sql } from "kysely";
import { withAdvisoryLock } from "../advisory-lock.js";
import type { Database } from "../connection/connect.js";
import { type DayTable, daysBefore, dropRetired, retireDay, retiredDays } from "./day-tables.js";
import type { DayArchive, RetiredDay } from "./model.js";
import { readRetired } from "./read-retired.js";
import { trimChanges } from "./trim-changes.js";

const DAY = 86_400;

export interface RetentionOptions {
  /** Whole days (UTC) before today that stay. */
  readonly days: number;
  /** Where days go; without it they are gone. */
  readonly archive?: DayArchive | undefined;
  /** Told of each day that has been dropped. */
  readonly onDropped?: (day: DroppedDay) => void;
  /** Told how far the archiving of a day is, as a part of 1. */
  readonly onProgress?: (day: string, part: number) => void;
  /** Ends the run between two steps. The next one goes on where it stopped. */
  readonly signal?: AbortSignal;
}

export interface DroppedDay {
  readonly day: string;
  /** Where its rows are now; undefined without an archive. */
  readonly file: string | undefined;
}

/**
 * Drops the days of `node_state` that lie wholly before the horizon: midnight (UTC) of the database's clock, less `days`. Each
 * leaves `node_state`, is archived, and is dropped; in the end the changes of state before the horizon go as well. Whatever ends the
 * process in between, the next run goes on. The newest state of each node stays in `node`.
 *
 * @returns the horizon in Unix seconds, or `busy` when another process is doing this
 * @throws DayInUseError, or what the archive rejected with; the days dropped until then stay dropped
 */
export async function dropOldDays(db: Database, options: RetentionOptions): Promise<number | "busy"> {
  const { days, archive, signal } = options;
  return await withAdvisoryLock(db, "node_state retention", async (connection) => {
    const horizon = await readHorizon(connection, days);
    for (const retired of await retiredDays(connection)) await finish(connection, retired, options);
    for (const table of await daysBefore(connection, horizon)) {
      signal?.throwIfAborted();
      await archive?.prepare(table.bytes);
      await finish(connection, await retireDay(connection, table), options);
    }
    await trimChanges(connection, horizon);
    return horizon;
  });
}

/** What `dropOldDays` would drop, in its order. */
export async function readOldDays(db: Database, days: number): Promise<readonly DayTable[]> {
  return [...(await retiredDays(db)), ...(await daysBefore(db, await readHorizon(db, days)))];
}

async function readHorizon(db: Database, days: number): Promise<number> {
  const { rows } = await sql<{ now: number }>`SELECT extract(epoch FROM now())::float8 AS now`.execute(db);
  return (Math.floor((rows[0]?.now ?? 0) / DAY) - days) * DAY;
}

async function finish(db: Database, retired: RetiredDay, options: RetentionOptions): Promise<void> {
  const { archive, signal, onDropped, onProgress } = options;
  const { day } = retired;
  const onRead = (blocks: number, ofBlocks: number): void => {
    onProgress?.(day, blocks / ofBlocks);
    signal?.throwIfAborted();
  };
  const archived = await archive?.write(retired, readRetired(db, retired, onRead));
  await dropRetired(db, retired);
  onDropped?.({ day, file: archived?.file });
}
