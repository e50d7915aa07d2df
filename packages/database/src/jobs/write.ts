import { type Transaction, sql } from "kysely";
import type { Schema } from "../schema.js";
import { ids } from "../binary/ids.js";
import { copyRows } from "../connection/copy-in.js";
import { closingColumns, insertColumns, parkedColumns, replacementColumns } from "./job-columns.js";
import { compareText } from "./compare-text.js";
import { type RunKey, compareStops } from "./model.js";
import type { JobPlan } from "./plan.js";
import { writeTags } from "./write-tags.js";

type Trx = Transaction<Schema>;

/**
 * Makes a plan's changes. Fails with a conflict when another transaction has changed the same rows since they were read. Rows go in
 * the order of their keys, and table after table, so that transactions which touch the same ones do not deadlock.
 */
export async function writeJobs(trx: Trx, plan: JobPlan): Promise<void> {
  await deleteRuns(trx, plan.displacements);
  await insertRuns(trx, plan.inserts);
  await replaceStarts(trx, plan.replacements);
  await updateCloses(trx, plan.closes);
  await deleteParked(trx, plan.unparks);
  await insertParked(trx, plan.parks);
}

async function deleteRuns(trx: Trx, displacements: JobPlan["displacements"]): Promise<void> {
  if (displacements.length === 0) return;
  await sql`DELETE FROM job WHERE id = ANY(${ids(displacements.map(({ id }) => id))})`.execute(trx);
}

async function insertRuns(trx: Trx, inserts: JobPlan["inserts"]): Promise<void> {
  if (inserts.length === 0) return;
  const ordered = inserts.toSorted((a, b) => compareRuns(a.start.job, b.start.job));
  await copyRows(trx, "job", insertColumns, ordered);
  await writeTags(
    trx,
    inserts.map(({ start }) => start.job),
  );
}

async function replaceStarts(trx: Trx, replacements: JobPlan["replacements"]): Promise<void> {
  if (replacements.length === 0) return;
  const { set, input } = replacementColumns;
  const ordered = replacements.toSorted((a, b) => compareIds(a.id, b.id));
  await sql`UPDATE job SET ${set} FROM ${input.rows(ordered)} WHERE job.id = input.id`.execute(trx);
  const replaced = ids(replacements.map(({ id }) => id));
  await sql`DELETE FROM jobtag WHERE job_id = ANY(${replaced})`.execute(trx);
  await writeTags(
    trx,
    replacements.map(({ start }) => start.job),
  );
}

async function updateCloses(trx: Trx, closes: JobPlan["closes"]): Promise<void> {
  if (closes.length === 0) return;
  const { set, input } = closingColumns;
  const ordered = closes.toSorted((a, b) => compareIds(a.id, b.id));
  await sql`UPDATE job SET ${set} FROM ${input.rows(ordered)} WHERE job.id = input.id`.execute(trx);
}

async function deleteParked(trx: Trx, unparks: JobPlan["unparks"]): Promise<void> {
  if (unparks.length === 0) return;
  await sql`DELETE FROM parked_stop WHERE id = ANY(${ids(unparks)})`.execute(trx);
}

async function insertParked(trx: Trx, parks: JobPlan["parks"]): Promise<void> {
  if (parks.length === 0) return;
  const { names } = parkedColumns;
  const ordered = parks.toSorted(
    (a, b) => compareIds(a.stop.jobId, b.stop.jobId) || compareStops(a.stop, b.stop),
  );
  await sql`INSERT INTO parked_stop (${names}) SELECT ${names} FROM ${parkedColumns.rows(ordered)}`.execute(
    trx,
  );
}

function compareIds(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareRuns(a: RunKey, b: RunKey): number {
  return compareIds(a.jobId, b.jobId) || compareText(a.cluster, b.cluster) || a.startTime - b.startTime;
}
