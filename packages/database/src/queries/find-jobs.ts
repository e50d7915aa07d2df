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

export interface FoundJobs {
  readonly jobs: readonly JobRow[];
  /** Whether others come after them. */
  readonly more: boolean;
}

/** A page of the jobs that fit, the newest start first. `now`: Unix seconds, for what is still running. */
export async function findJobs(
  db: Database,
  filter: JobFilter,
  page: JobPage,
  now: number,
): Promise<FoundJobs> {
  return await readPage(db, pageOfJobs(filter, { ...page, limit: page.limit + 1 }), now, page);
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
  const run = sql`SELECT * FROM job WHERE ${fits}`;
  const { jobs } = await readPage(db, run, now, { limit: 1, withMetadata: true });
  return jobs[0]?.json;
}

/** `page`: rows of `job`, in order, and one beyond `limit` where there are more. A CTE is read in the order it was written in. */
async function readPage(
  db: Database,
  page: RawBuilder<unknown>,
  now: number,
  { limit, withMetadata }: Pick<JobPage, "limit" | "withMetadata">,
): Promise<FoundJobs> {
  const { rows } = await sql<JobRow & Pick<FoundJobs, "more">>`
    WITH page AS MATERIALIZED (${page})
    SELECT id, start_time, ${jobJson(now, { withMetadata })} AS json, (SELECT count(*) FROM page) > ${limit}::integer AS more
    FROM (SELECT * FROM page LIMIT ${limit}::integer) AS job`.execute(db);
  return { jobs: rows, more: rows[0]?.more ?? false };
}

/**
 * Rows of `job`, the newest start first. An index has that order within a cluster or a user, of what runs within a cluster, and over all:
 * only the page is read, with what it passes over and what other conditions rule out.
 */
export function pageOfJobs(
  filter: JobFilter,
  { limit, offset, after }: Omit<JobPage, "withMetadata">,
): RawBuilder<unknown> {
  const { cluster, user, jobId, states } = filter;
  const window = sql`LIMIT ${limit}::integer OFFSET ${offset}::integer`;
  const ofSome = jobId !== undefined || user !== undefined || cluster !== undefined;
  // Too few to be looked for among all others.
  if (!ofSome && isRunning(states))
    return sql`SELECT of_cluster.* FROM ${clustersOfJobs} AS known, LATERAL (
      SELECT * FROM job WHERE job.cluster = known.cluster AND ${conditionsOf(filter, startTime, after)}
      ORDER BY start_time DESC, id DESC LIMIT ${limit + offset}::integer) AS of_cluster
    ORDER BY start_time DESC, id DESC ${window}`;
  const start = ofSome ? startTime : startTimeOfAll;
  return sql`SELECT * FROM job WHERE ${conditionsOf(filter, start, after)} ORDER BY ${start} DESC, id DESC ${window}`;
}

const startTime = sql`start_time`;
/** As `job_newest` has it, which no other list is to take. */
const startTimeOfAll = sql`(start_time + 0)`;

function conditionsOf(
  filter: JobFilter,
  start: RawBuilder<unknown>,
  after: JobPlace | undefined,
): RawBuilder<unknown> {
  const { cluster, states, project, user, partition, hostname, jobId, startFrom, startTo } = filter;
  const conditions: RawBuilder<unknown>[] = [];
  if (jobId !== undefined) conditions.push(sql`job_id = ${jobId}::bigint`);
  if (cluster !== undefined) conditions.push(sql`cluster = ${cluster}`);
  if (user !== undefined) conditions.push(sql`hpc_user = ${user}`);
  if (project !== undefined) conditions.push(sql`project = ${project}`);
  if (partition !== undefined) conditions.push(sql`cluster_partition = ${partition}`);
  if (hostname !== undefined)
    conditions.push(sql`resources @> jsonb_build_array(jsonb_build_object('hostname', ${hostname}::text))`);
  if (startFrom !== undefined) conditions.push(sql`${start} >= ${startFrom}::bigint`);
  if (startTo !== undefined) conditions.push(sql`${start} <= ${startTo}::bigint`);
  // Written out it fits the index of running jobs.
  if (isRunning(states)) conditions.push(sql`job_state = 'running'`);
  else if (states !== undefined) conditions.push(sql`job_state = ANY(${states}::text[])`);
  if (after !== undefined)
    conditions.push(
      sql`${start} <= ${after.startTime}::bigint AND (${start}, id) < (${after.startTime}::bigint, ${after.id}::bigint)`,
    );
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` AND `);
}

const isRunning = (states: readonly JobState[] | undefined): boolean =>
  states?.length === 1 && states[0] === "running";
