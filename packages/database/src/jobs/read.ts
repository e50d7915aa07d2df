import { type Transaction, sql } from "kysely";
import type { JobState } from "@cc-ingest/protocol";
import { ids } from "../binary/ids.js";
import type { ParkReason, Schema, StopSource } from "../schema.js";
import type { Close, StoredJobs, StoredRun, StoredStop } from "./model.js";
import { type DuplicateWindow, readKeptStarts } from "./start-messages.js";

const LOCK_SLOTS = 65_536n;

/**
 * Puts writers of the same jobIds in line until this transaction ends, for a duplicate window. Must come before `readJobs`, whose
 * snapshot is then newer than every earlier holder's commit; locking in slot order is what keeps batches from deadlocking. A slot
 * is the jobId modulo 65,536: schedulers number jobs in sequence, so batches in flight rarely share one by chance.
 */
export async function lockJobs(trx: Transaction<Schema>, jobIds: readonly bigint[]): Promise<void> {
  const slots = [...new Set(jobIds.map((id) => Number(id % LOCK_SLOTS)))];
  // Counted, because nobody wants to read the slots.
  await sql`SELECT count(*) FROM (SELECT FROM ingest_lock WHERE slot = ANY(${ids(slots, "integer")}) ORDER BY slot
    FOR NO KEY UPDATE) AS locked`.execute(trx);
}

/** The runs and waiting stops of these jobIds, and with a duplicate window their kept starts. */
export async function readJobs(
  trx: Transaction<Schema>,
  jobIds: readonly bigint[],
  window: Pick<DuplicateWindow, "readStart"> | undefined,
): Promise<StoredJobs> {
  const wanted = ids(jobIds);
  const runs =
    await sql<RunRow>`SELECT id, job_id, cluster, start_time, event_time, start_digest, job_state, stop_time,
      stop_source, stop_names_cluster, stop_names_start
    FROM job WHERE job_id = ANY(${wanted})`.execute(trx);
  const parked = await sql<ParkedRow>`SELECT id, job_id, cluster, start_time, stop_time, job_state, reason
    FROM parked_stop WHERE job_id = ANY(${wanted})`.execute(trx);
  const kept = window === undefined ? [] : await readKeptStarts(trx, jobIds, window);
  return { runs: runs.rows.map(toRun), parked: parked.rows.map(toParked), kept };
}

interface RunRow {
  id: bigint;
  job_id: bigint;
  cluster: string;
  start_time: bigint;
  event_time: bigint;
  start_digest: bigint;
  job_state: JobState;
  stop_time: bigint | null;
  stop_source: StopSource | null;
  stop_names_cluster: boolean | null;
  stop_names_start: boolean | null;
}

interface ParkedRow {
  id: bigint;
  job_id: bigint;
  cluster: string | null;
  start_time: bigint | null;
  stop_time: bigint;
  job_state: JobState;
  reason: ParkReason;
}

function toRun(row: RunRow): StoredRun {
  return {
    id: row.id,
    jobId: row.job_id,
    cluster: row.cluster,
    startTime: Number(row.start_time),
    eventTime: row.event_time,
    digest: Number(row.start_digest),
    close: toClose(row),
  };
}

function toClose(row: RunRow): Close | undefined {
  if (row.stop_time === null || row.stop_source === null) return undefined;
  const stopTime = Number(row.stop_time);
  const { job_state: jobState } = row;
  if (row.stop_source !== "event") return { source: row.stop_source, stopTime, jobState };
  const cluster = row.stop_names_cluster === true ? row.cluster : undefined;
  const startTime = row.stop_names_start === true ? Number(row.start_time) : undefined;
  return { source: "event", stop: { jobId: row.job_id, cluster, startTime, stopTime, jobState } };
}

function toParked(row: ParkedRow): StoredStop {
  const startTime = row.start_time === null ? undefined : Number(row.start_time);
  return {
    id: row.id,
    reason: row.reason,
    stop: {
      jobId: row.job_id,
      cluster: row.cluster ?? undefined,
      startTime,
      stopTime: Number(row.stop_time),
      jobState: row.job_state,
    },
  };
}
