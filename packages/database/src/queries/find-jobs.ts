import type { JobState } from "@cc-ingest/protocol";
import { type RawBuilder, sql } from "kysely";
import type { Database } from "../connection/connect.js";
import type { RunKey } from "../jobs/model.js";
import { clustersOfJobs } from "./cluster-names.js";
import { jobJson } from "./job-json.js";

/** Which jobs. What is absent does not narrow; times are in Unix seconds, both ends included. */
export interface JobFilter {
  readonly cluster?: string | undefined;
  readonly states?: readonly JobState[] | undefined;
  readonly project?: string | undefined;
  readonly user?: string | undefined;
  readonly partition?: string | undefined;
  /** One that runs, or ran, on it. No index knows: narrow it by another filter as well. */
  readonly hostname?: string | undefined;
  readonly jobId?: bigint | undefined;
  readonly startFrom?: bigint | undefined;
  readonly startTo?: bigint | undefined;
}

/** A place in the list, which goes from the newest start to the oldest. */
export interface JobPlace {
  readonly startTime: bigint;
  readonly id: bigint;
}

export interface JobPage {
  readonly limit: number;
  /** So many are passed over; what was passed over is read all the same, so `after` is for deep pages. */
  readonly offset: number;
  /** The last one of the page before. */
  readonly after?: JobPlace | undefined;
  readonly withMetadata: boolean;
}

/** A job as JSON, and its place in the list. */
export interface JobRow {
  readonly id: bigint;
  readonly start_time: bigint;
  /** See `jobJson`. */
  readonly json: string;
}

/**
 * A page of the jobs that fit, the newest start first. Which ones they are is found by narrow rows; only those are then read whole.
 * `now`: Unix seconds, for what is still running.
 */
export async function findJobs(
  db: Database,
  filter: JobFilter,
  page: JobPage,
  now: number,
): Promise<JobRow[]> {
  const which = sql`SELECT id, start_time FROM ${candidates(sql`id, start_time`, filter, page)} AS candidate
    ORDER BY start_time DESC, id DESC LIMIT ${page.limit}::integer OFFSET ${page.offset}::integer`;
  return await readPage(db, which, now, page);
}

/** One job by its row's id or as a run, with its metadata, as JSON; undefined when there is none. */
export async function readJob(
  db: Database,
  which: bigint | RunKey,
  now: number,
): Promise<string | undefined> {
  const fits =
    typeof which === "bigint"
      ? sql`id = ${which}::bigint`
      : sql`job_id = ${which.jobId}::bigint AND cluster = ${which.cluster} AND start_time = ${which.startTime}::bigint`;
  const [row] = await readPage(db, sql`SELECT id, start_time FROM job WHERE ${fits}`, now, {
    withMetadata: true,
  });
  return row?.json;
}

/** `which`: gives `(id, start_time)`. */
async function readPage(
  db: Database,
  which: RawBuilder<unknown>,
  now: number,
  parts: Pick<JobPage, "withMetadata">,
): Promise<JobRow[]> {
  const { rows } = await sql<JobRow>`
    WITH page AS MATERIALIZED (${which})
    SELECT job.id, job.start_time, ${jobJson(now, parts)} AS json FROM page JOIN job ON job.id = page.id
    ORDER BY page.start_time DESC, page.id DESC`.execute(db);
  return rows;
}

/** These columns of at least the jobs of the page: every index that has an order by start time has it within a cluster, or a user. */
export function candidates(
  columns: RawBuilder<unknown>,
  filter: JobFilter,
  { limit, offset, after }: Omit<JobPage, "withMetadata">,
): RawBuilder<unknown> {
  const fits = sql.join(conditions(filter, after), sql` AND `);
  const newest = sql`ORDER BY start_time DESC, id DESC LIMIT ${limit + offset}::integer`;
  if (filter.jobId !== undefined || filter.user !== undefined || filter.cluster !== undefined)
    return sql`(SELECT ${columns} FROM job WHERE ${fits} ${newest})`;
  return sql`(SELECT of_cluster.* FROM ${clustersOfJobs} AS known,
    LATERAL (SELECT ${columns} FROM job WHERE job.cluster = known.cluster AND ${fits} ${newest}) AS of_cluster)`;
}

function conditions(filter: JobFilter, after: JobPlace | undefined): RawBuilder<unknown>[] {
  const { cluster, states, project, user, partition, hostname, jobId, startFrom, startTo } = filter;
  const fits: RawBuilder<unknown>[] = [];
  if (jobId !== undefined) fits.push(sql`job_id = ${jobId}::bigint`);
  if (cluster !== undefined) fits.push(sql`cluster = ${cluster}`);
  if (user !== undefined) fits.push(sql`hpc_user = ${user}`);
  if (project !== undefined) fits.push(sql`project = ${project}`);
  if (partition !== undefined) fits.push(sql`cluster_partition = ${partition}`);
  if (hostname !== undefined)
    fits.push(sql`resources @> jsonb_build_array(jsonb_build_object('hostname', ${hostname}::text))`);
  if (startFrom !== undefined) fits.push(sql`start_time >= ${startFrom}::bigint`);
  if (startTo !== undefined) fits.push(sql`start_time <= ${startTo}::bigint`);
  // Written out it fits the index of running jobs.
  if (states?.length === 1 && states[0] === "running") fits.push(sql`job_state = 'running'`);
  else if (states !== undefined) fits.push(sql`job_state = ANY(${states}::text[])`);
  if (after !== undefined)
    fits.push(
      sql`start_time <= ${after.startTime}::bigint AND (start_time, id) < (${after.startTime}::bigint, ${after.id}::bigint)`,
    );
  return fits.length === 0 ? [sql`true`] : fits;
}
