import { sql } from "kysely";
import { type Database, connectDatabase } from "./connection/connect.js";

export interface WatermarkKey {
  readonly stream: string;
  readonly durable: string;
}

export interface Watermark {
  /** When the stream was created, as the broker says it. */
  readonly streamCreated: string;
  /** Every message of the consumer up to this stream sequence has been committed in this database. */
  readonly floor: number;
}

export interface DatabaseMark {
  /**
   * Changes whenever the database may have been set back to an earlier point: when its server was started again or is another one,
   * and when the database or this table was made anew.
   */
  readonly incarnation: string;
  /** Undefined while nothing is known of the stream. */
  readonly mark: Watermark | undefined;
}

const incarnation = sql`concat_ws('/', extract(epoch FROM pg_postmaster_start_time()),
  (SELECT oid FROM pg_database WHERE datname = current_database()), 'watermark'::regclass::oid)`;

export async function readWatermark(db: Database, { stream, durable }: WatermarkKey): Promise<DatabaseMark> {
  const { rows } = await sql<{ incarnation: string; created: string | null; floor: bigint | null }>`
    SELECT ${incarnation} AS incarnation, w.stream_created AS created, w.applied_floor AS floor
    FROM (SELECT) AS one LEFT JOIN watermark AS w ON w.stream = ${stream} AND w.durable = ${durable}`.execute(
    db,
  );
  const [row] = rows;
  if (row === undefined) throw new Error("an outer join gave no row");
  const { created, floor } = row;
  const mark =
    created === null || floor === null ? undefined : { streamCreated: created, floor: Number(floor) };
  return { incarnation: row.incarnation, mark };
}

/**
 * Raises the floor, if what is known of the stream has not changed since it was read: `known` is what was read then. A database that
 * was set back meanwhile must not pass for one that has everything.
 *
 * @returns whether it stands now
 */
export async function advanceWatermark(
  db: Database,
  { stream, durable }: WatermarkKey,
  known: DatabaseMark,
  { streamCreated, floor }: Watermark,
): Promise<boolean> {
  const same = sql`${incarnation} = ${known.incarnation}`;
  const { mark } = known;
  const { numAffectedRows } =
    mark === undefined
      ? await sql`INSERT INTO watermark (stream, durable, stream_created, applied_floor)
          SELECT ${stream}, ${durable}, ${streamCreated}, ${floor}::bigint WHERE ${same}
          ON CONFLICT DO NOTHING`.execute(db)
      : await sql`UPDATE watermark SET applied_floor = greatest(applied_floor, ${floor}::bigint)
          WHERE stream = ${stream} AND durable = ${durable} AND stream_created = ${streamCreated}
            AND applied_floor >= ${mark.floor}::bigint AND ${same}`.execute(db);
  return numAffectedRows === 1n;
}

/**
 * Begins anew with a stream that took the place of another one: nothing of it is known to be applied.
 *
 * @returns whether this call did it; false when somebody else was faster
 */
export async function replaceWatermark(
  db: Database,
  { stream, durable }: WatermarkKey,
  before: Watermark,
  streamCreated: string,
): Promise<boolean> {
  const { numAffectedRows } =
    await sql`UPDATE watermark SET stream_created = ${streamCreated}, applied_floor = 0
    WHERE stream = ${stream} AND durable = ${durable} AND stream_created = ${before.streamCreated}
      AND applied_floor = ${before.floor}::bigint`.execute(db);
  return numAffectedRows === 1n;
}

/**
 * Does `work` unless somebody else is doing it for the same consumer, in another process too: then undefined. Takes a connection of
 * its own, so that the work can't wait for the one that guards it. Who dies or loses it lets others have the work.
 */
export async function claimRecovery<T>(
  url: string,
  { stream, durable }: WatermarkKey,
  work: () => Promise<T>,
): Promise<T | undefined> {
  await using db = connectDatabase({ url, poolSize: 1, applicationName: `recovery of ${durable}` });
  const { rows } = await sql<{ mine: boolean }>`
    SELECT pg_try_advisory_lock(hashtextextended(${`recovery ${stream} ${durable}`}, 0)) AS mine`.execute(db);
  // The lock ends with the connection.
  return rows[0]?.mine === true ? await work() : undefined;
}
