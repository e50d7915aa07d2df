import { type Transaction, sql } from "kysely";
import type { Schema } from "../schema.js";
import { type Close, type Start, closeState, closeTime } from "./model.js";
import type { JobPlan } from "./plan.js";
import { arrayLiteral } from "./read.js";
import { writeTags } from "./write-tags.js";

type Trx = Transaction<Schema>;

/** The columns of `job` that a start event decides, with their types: one list for INSERT and replacement. */
const START_COLUMNS = [
  ["job_id", "bigint"],
  ["cluster", "text"],
  ["subcluster", "text"],
  ["submit_time", "bigint"],
  ["start_time", "bigint"],
  ["hpc_user", "text"],
  ["project", "text"],
  ["cluster_partition", "text"],
  ["array_job_id", "bigint"],
  ["walltime", "bigint"],
  ["meta_data", "jsonb"],
  ["resources", "jsonb"],
  ["num_nodes", "integer"],
  ["num_hwthreads", "integer"],
  ["num_acc", "integer"],
  ["smt", "integer"],
  ["shared", "text"],
  ["monitoring_status", "smallint"],
  ["energy", "double precision"],
  ["energy_footprint", "jsonb"],
  ["footprint", "jsonb"],
  ["requested_memory", "bigint"],
  ["concurrent_jobs", "jsonb"],
  ["statistics", "jsonb"],
  ["event_time", "bigint"],
  ["start_digest", "bigint"],
] as const;

/** The columns that say whether and how a run ended. */
const CLOSE_COLUMNS = [
  ["job_state", "text"],
  ["duration", "bigint"],
  ["stop_time", "bigint"],
  ["stop_source", "text"],
  ["stop_names_cluster", "boolean"],
  ["stop_names_start", "boolean"],
] as const;

type Columns = readonly (readonly [name: string, type: string])[];
const names = (columns: Columns): string => columns.map(([name]) => name).join(", ");
const typed = (columns: Columns): string => columns.map(([name, type]) => `${name} ${type}`).join(", ");
const assigned = (columns: Columns): string => columns.map(([name]) => `${name} = input.${name}`).join(", ");

const ID: Columns = [["id", "bigint"]];
const INSERT = [...START_COLUMNS, ...CLOSE_COLUMNS];
const insertNames = sql.raw(names(INSERT));
const insertTyped = sql.raw(typed(INSERT));
const replaceSet = sql.raw(assigned(START_COLUMNS));
const replaceTyped = sql.raw(typed([...ID, ...START_COLUMNS]));
const closeSet = sql.raw(assigned(CLOSE_COLUMNS));
const closeTyped = sql.raw(typed([...ID, ...CLOSE_COLUMNS]));

/** Makes a plan's changes. The caller holds the locks of `lockJobs`, so no conflict can arise. */
export async function writeJobs(trx: Trx, plan: JobPlan): Promise<void> {
  await insertRuns(trx, plan.inserts);
  await replaceStarts(trx, plan.replacements);
  await updateCloses(trx, plan.closes);
  await deleteParked(trx, plan.unparks);
  await insertParked(trx, plan.parks);
}

async function insertRuns(trx: Trx, inserts: JobPlan["inserts"]): Promise<void> {
  if (inserts.length === 0) return;
  const rows = inserts.map(
    ({ start, close }) => `${startObject(start)},${closeFields(start.job.startTime, close)}}`,
  );
  await sql`INSERT INTO job (${insertNames})
    SELECT ${insertNames} FROM json_to_recordset(${jsonArray(rows)}::json) AS input (${insertTyped})`.execute(
    trx,
  );
  await writeTags(
    trx,
    inserts.map(({ start }) => start.job),
  );
}

async function replaceStarts(trx: Trx, replacements: JobPlan["replacements"]): Promise<void> {
  if (replacements.length === 0) return;
  const rows = replacements.map(({ id, start }) => `${startObject(start)},"id":"${id}"}`);
  await sql`UPDATE job SET ${replaceSet} FROM json_to_recordset(${jsonArray(rows)}::json) AS input (${replaceTyped})
    WHERE job.id = input.id`.execute(trx);
  const ids = replacements.map(({ id }) => id);
  await sql`DELETE FROM jobtag WHERE job_id = ANY(${arrayLiteral(ids)}::bigint[])`.execute(trx);
  await writeTags(
    trx,
    replacements.map(({ start }) => start.job),
  );
}

async function updateCloses(trx: Trx, closes: JobPlan["closes"]): Promise<void> {
  if (closes.length === 0) return;
  const rows = closes.map(({ id, startTime, close }) => `{"id":"${id}",${closeFields(startTime, close)}}`);
  await sql`UPDATE job SET ${closeSet} FROM json_to_recordset(${jsonArray(rows)}::json) AS input (${closeTyped})
    WHERE job.id = input.id`.execute(trx);
}

async function deleteParked(trx: Trx, ids: JobPlan["unparks"]): Promise<void> {
  if (ids.length === 0) return;
  await sql`DELETE FROM parked_stop WHERE id = ANY(${arrayLiteral(ids)}::bigint[])`.execute(trx);
}

async function insertParked(trx: Trx, parks: JobPlan["parks"]): Promise<void> {
  if (parks.length === 0) return;
  const rows = parks.map(({ stop, reason }) =>
    JSON.stringify({
      job_id: String(stop.jobId),
      cluster: stop.cluster ?? null,
      start_time: stop.startTime ?? null,
      stop_time: stop.stopTime,
      job_state: stop.jobState,
      reason,
    }),
  );
  await sql`INSERT INTO parked_stop (job_id, cluster, start_time, stop_time, job_state, reason)
    SELECT job_id, cluster, start_time, stop_time, job_state, reason
    FROM json_to_recordset(${jsonArray(rows)}::json) AS input
      (job_id bigint, cluster text, start_time bigint, stop_time bigint, job_state text, reason text)`.execute(
    trx,
  );
}

/** An unfinished JSON object: the caller adds fields and the closing brace. */
function startObject({ content, eventTime, digest }: Start): string {
  return `${content.slice(0, -1)},"event_time":"${eventTime}","start_digest":"${digest}"`;
}

function closeFields(startTime: number, close: Close | undefined): string {
  const stop = close?.source === "event" ? close.stop : undefined;
  const fields = JSON.stringify({
    job_state: close === undefined ? "running" : closeState(close),
    duration: close === undefined ? 0 : closeTime(close) - startTime,
    stop_time: close === undefined ? null : closeTime(close),
    stop_source: close?.source ?? null,
    stop_names_cluster: stop === undefined ? null : stop.cluster !== undefined,
    stop_names_start: stop === undefined ? null : stop.startTime !== undefined,
  });
  return fields.slice(1, -1);
}

function jsonArray(rows: readonly string[]): string {
  return `[${rows.join(",")}]`;
}
