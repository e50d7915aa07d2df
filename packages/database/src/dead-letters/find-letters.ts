import { type RawBuilder, type SelectQueryBuilder, sql } from "kysely";
import type { Database } from "../connection/connect.js";
import type { DeadLetterStatus, Schema } from "../schema.js";
import type { DeadLetter, LineKey } from "./dead-letter.js";

/** Which dead letters. What is absent does not narrow; of a list one must fit. */
export interface LetterFilter {
  readonly ids?: readonly bigint[];
  readonly statuses?: readonly DeadLetterStatus[];
  readonly reasons?: readonly string[];
  readonly exceptReasons?: readonly string[];
  readonly subject?: string;
  /** Received at this time or later, and before that one. */
  readonly from?: Date;
  readonly to?: Date;
  readonly cluster?: string;
  readonly jobId?: bigint;
}

export interface Page {
  readonly order: "oldest first" | "newest first";
  /** The last one of the page before. */
  readonly after?: bigint | undefined;
  readonly limit: number;
}

/** A dead letter without its bytes. */
export interface LetterSummary extends LineKey {
  readonly id: bigint;
  readonly status: DeadLetterStatus;
  readonly reason: string;
  readonly message: string;
  readonly subject: string;
  /** What it says it is about, where it can be read so far. */
  readonly cluster: string | undefined;
  readonly jobId: bigint | undefined;
  /** Of its bytes. */
  readonly size: number;
}

export interface StoredLetter extends DeadLetter {
  readonly id: bigint;
  readonly status: DeadLetterStatus;
  readonly cluster: string | undefined;
  readonly jobId: bigint | undefined;
  /** What an interrupted replay has applied instead of `raw`. */
  readonly edited: Uint8Array | undefined;
}

type Letters<Row> = SelectQueryBuilder<Schema, "dead_letter", Row>;

const receivedAt = sql<bigint>`(extract(epoch FROM received_at) * 1000000)::bigint * 1000 + received_at_ns`;
const arrival = sql`(received_at, stream_sequence, line_number, id)`;

/** A page of the dead letters that fit, in the order in which their messages were stored. */
export async function findLetters(
  db: Database,
  filter: LetterFilter,
  { order, after, limit }: Page,
): Promise<LetterSummary[]> {
  const direction = order === "oldest first" ? "asc" : "desc";
  let query = fitting(db.selectFrom("dead_letter"), filter)
    .select(["id", "status", "reason", "message", "subject", "cluster", "job_id", "stream"])
    .select(["stream_sequence", "line_number", receivedAt.as("received_ns")])
    .select(sql<number>`octet_length(raw)`.as("size"))
    .limit(limit);
  for (const column of ["received_at", "stream_sequence", "line_number", "id"] as const)
    query = query.orderBy(column, direction);
  const rows = await (after === undefined ? query : query.where(behind(after, order))).execute();
  return rows.map((row) => ({
    id: row.id,
    status: row.status,
    reason: row.reason,
    message: row.message,
    subject: row.subject,
    cluster: row.cluster ?? undefined,
    jobId: row.job_id ?? undefined,
    stream: row.stream,
    streamSequence: Number(row.stream_sequence),
    receivedAt: row.received_ns,
    lineNumber: row.line_number,
    size: row.size,
  }));
}

/** How many fit; those up to `after` and after it, if it is given, are not counted. */
export async function countLetters(db: Database, filter: LetterFilter, after?: bigint): Promise<number> {
  const query = fitting(db.selectFrom("dead_letter"), filter);
  const { letters } = await (after === undefined ? query : query.where(behind(after, "oldest first")))
    .select(sql<bigint>`count(*)`.as("letters"))
    .executeTakeFirstOrThrow();
  return Number(letters);
}

/** Those of these ids that are there, whole, the oldest first. */
export async function readLetters(db: Database, ids: readonly bigint[]): Promise<StoredLetter[]> {
  const rows = await fitting(db.selectFrom("dead_letter"), { ids })
    .selectAll()
    .select([receivedAt.as("received_ns"), interruptedEdit.as("edited")])
    .orderBy(arrival)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    status: row.status,
    service: row.service,
    stream: row.stream,
    streamSequence: Number(row.stream_sequence),
    receivedAt: row.received_ns,
    subject: row.subject,
    lineNumber: row.line_number,
    raw: row.raw,
    headers: (row.headers ?? undefined) as DeadLetter["headers"],
    build: row.build,
    reason: row.reason,
    message: row.message,
    sqlstate: row.sqlstate ?? undefined,
    cluster: row.cluster ?? undefined,
    jobId: row.job_id ?? undefined,
    edited: row.edited ?? undefined,
  }));
}

/** Replayed again it must be the same bytes, or both would be applied. */
const interruptedEdit = sql<Buffer | null>`CASE WHEN status = 'replaying' THEN (
    SELECT edited FROM dead_letter_action AS action
    WHERE (action.stream, action.stream_sequence, action.received_at, action.line_number)
      = (dead_letter.stream, dead_letter.stream_sequence, dead_letter.received_at, dead_letter.line_number)
    ORDER BY action.id DESC LIMIT 1) END`;

function behind(id: bigint, order: Page["order"]): RawBuilder<boolean> {
  const place = sql`(SELECT received_at, stream_sequence, line_number, id FROM dead_letter WHERE id = ${id})`;
  return order === "oldest first" ? sql<boolean>`${arrival} > ${place}` : sql<boolean>`${arrival} < ${place}`;
}

function fitting<Row>(query: Letters<Row>, filter: LetterFilter): Letters<Row> {
  const { ids, statuses, reasons, exceptReasons, subject, from, to, cluster, jobId } = filter;
  let narrowed = query;
  if (ids !== undefined) narrowed = narrowed.where(sql<boolean>`id = ANY(${ids.map(String)}::bigint[])`);
  if (statuses !== undefined) narrowed = narrowed.where(sql<boolean>`status = ANY(${statuses}::text[])`);
  if (reasons !== undefined) narrowed = narrowed.where(sql<boolean>`reason = ANY(${reasons}::text[])`);
  if (exceptReasons !== undefined)
    narrowed = narrowed.where(sql<boolean>`reason <> ALL(${exceptReasons}::text[])`);
  if (subject !== undefined) narrowed = narrowed.where("subject", "=", subject);
  if (from !== undefined) narrowed = narrowed.where("received_at", ">=", from);
  if (to !== undefined) narrowed = narrowed.where("received_at", "<", to);
  if (cluster !== undefined) narrowed = narrowed.where("cluster", "=", cluster);
  if (jobId !== undefined) narrowed = narrowed.where("job_id", "=", jobId);
  return narrowed;
}
