import type { StartJob } from "@cc-ingest/protocol";
import { type Transaction, sql } from "kysely";
import { type Column, Columns } from "../binary/columns.js";
import { type LineSource, sourceColumns } from "../dead-letters/dead-letter.js";
import { ids } from "../binary/ids.js";
import type { Schema } from "../schema.js";
import type { JobEvent, KeptStart, RunKey, Start } from "./model.js";
import type { JobPlan } from "./plan.js";

/** The optional rule that refuses a start this close to an earlier run of the same job. Without it no message is kept. */
export interface DuplicateWindow<Event extends JobEvent = JobEvent> {
  readonly seconds: number;
  /** The message that a start of the batch came in. */
  readonly sourceOf: (event: Event) => LineSource;
  /** Reads a refused start again: `raw` is its line. Undefined when it is not acceptable any more. */
  readonly readStart: (raw: Uint8Array, receivedAt: bigint) => StartJob | undefined;
}

type Trx = Transaction<Schema>;

interface KeptRow {
  job_id: bigint;
  cluster: string;
  start_time: bigint;
  event_time: bigint;
  start_digest: bigint;
  received_at: Date;
  raw: Buffer | null;
}

/** The kept starts of these jobIds. The caller holds their locks. */
export async function readKeptStarts(
  trx: Trx,
  jobIds: readonly bigint[],
  { readStart }: Pick<DuplicateWindow, "readStart">,
): Promise<KeptStart[]> {
  const { rows } =
    await sql<KeptRow>`SELECT job_id, cluster, start_time, event_time, start_digest, received_at,
      CASE WHEN refused THEN raw END AS raw
    FROM start_message WHERE job_id = ANY(${ids(jobIds)})`.execute(trx);
  return rows.map((row) => ({
    jobId: row.job_id,
    cluster: row.cluster,
    startTime: Number(row.start_time),
    eventTime: row.event_time,
    digest: Number(row.start_digest),
    refused:
      row.raw === null ? undefined : readStart(row.raw, BigInt(row.received_at.getTime()) * 1_000_000n),
  }));
}

interface Kept {
  readonly start: Start;
  readonly source: LineSource;
  readonly refused: boolean;
}

const keyColumns: readonly Column<RunKey>[] = [
  { name: "job_id", type: "bigint", value: ({ jobId }) => jobId },
  { name: "cluster", type: "text", value: ({ cluster }) => cluster },
  { name: "start_time", type: "bigint", value: ({ startTime }) => startTime },
];
const keys = new Columns(keyColumns);
const of = <Part>(part: (kept: Kept) => Part, columns: readonly Column<Part>[]): Column<Kept>[] =>
  columns.map(({ name, type, value }) => ({ name, type, value: (kept) => value(part(kept)) }));
const messageColumns = new Columns<Kept>([
  ...of(({ start }) => start.job, keyColumns),
  { name: "event_time", type: "bigint", value: ({ start }) => start.eventTime },
  { name: "start_digest", type: "bigint", value: ({ start }) => start.digest },
  { name: "refused", type: "boolean", value: ({ refused }) => refused },
  ...of(({ source }) => source, sourceColumns),
]);

/**
 * Makes what a plan says of the duplicate window: keeps messages, and lets a run and its dead letter take each other's
 * place. The rows of `job` themselves are inserted and deleted by `writeJobs`.
 */
export async function writeWindow<Event extends JobEvent>(
  trx: Trx,
  plan: JobPlan,
  events: readonly Event[],
  window: DuplicateWindow<Event>,
): Promise<void> {
  const kept = plan.keeps.flatMap(({ start, refused }): Kept[] => {
    const event = start.index === undefined ? undefined : events[start.index];
    return event === undefined ? [] : [{ start, refused, source: window.sourceOf(event) }];
  });
  const told = kept.map(({ start }) => start.job);
  // Before the messages change: a dead letter is found by what its message was.
  await deleteLetters(trx, [...told, ...plan.reinstatements]);
  await setRefused(trx, plan.reinstatements, false);
  await setRefused(trx, plan.displacements, true);
  if (kept.length > 0)
    await sql`INSERT INTO start_message (${messageColumns.names})
      SELECT ${messageColumns.names} FROM ${messageColumns.rows(kept)}
      ON CONFLICT (job_id, cluster, start_time) DO UPDATE SET ${messageColumns.excluded}`.execute(trx);
  await insertLetters(trx, [...told, ...plan.displacements], window.seconds);
}

/** What a replay is answering is left to the replay. */
async function deleteLetters(trx: Trx, runs: readonly RunKey[]): Promise<void> {
  if (runs.length === 0) return;
  await sql`DELETE FROM dead_letter USING ${keys.rows(runs)}
    JOIN start_message USING (job_id, cluster, start_time)
    WHERE start_message.refused AND dead_letter.reason = 'duplicate_job' AND dead_letter.status = 'open'
      AND (dead_letter.stream, dead_letter.stream_sequence, dead_letter.received_at, dead_letter.line_number)
        = (start_message.stream, start_message.stream_sequence, start_message.received_at, start_message.line_number)`.execute(
    trx,
  );
}

async function setRefused(trx: Trx, runs: readonly RunKey[], refused: boolean): Promise<void> {
  if (runs.length === 0) return;
  await sql`UPDATE start_message SET refused = ${refused}::boolean FROM ${keys.rows(runs)}
    WHERE (start_message.job_id, start_message.cluster, start_message.start_time)
      = (input.job_id, input.cluster, input.start_time)`.execute(trx);
}

async function insertLetters(trx: Trx, runs: readonly RunKey[], seconds: number): Promise<void> {
  if (runs.length === 0) return;
  // A line that was replayed before is open again. A discarded one stays so: somebody has decided.
  await sql`INSERT INTO dead_letter (service, stream, stream_sequence, received_at, received_at_ns, subject, line_number, raw,
      headers, build, job_id, cluster, reason, message)
    SELECT DISTINCT service, stream, stream_sequence, received_at, received_at_ns, subject, line_number, raw, headers, build,
      job_id, cluster, 'duplicate_job',
      format('job %s of cluster %s started again at %s, less than %s s after another run: see ingest.duplicate-window-seconds',
        job_id, cluster, start_time, ${seconds}::integer)
    FROM ${keys.rows(runs)} JOIN start_message USING (job_id, cluster, start_time)
    WHERE refused
    ON CONFLICT (stream, stream_sequence, received_at, line_number)
      DO UPDATE SET status = 'open', reason = excluded.reason, message = excluded.message, sqlstate = NULL
      WHERE dead_letter.status IN ('replaying', 'replayed')`.execute(trx);
}
