import type { JobState, Shared } from "@cc-ingest/protocol";
import { type RawBuilder, sql } from "kysely";
import type { Database } from "../connection/connect.js";
import type { RunKey } from "../jobs/model.js";
import type { StopSource } from "../schema.js";
import { clustersOfJobs } from "./cluster-names.js";

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

/** A job as its row has it. What is JSON there is its text: nobody here looks into it, and numbers stay exact. */
export interface JobRow {
  readonly id: bigint;
  readonly job_id: bigint;
  readonly cluster: string;
  readonly subcluster: string;
  readonly cluster_partition: string;
  readonly project: string;
  readonly hpc_user: string;
  readonly shared: Shared;
  readonly job_state: JobState;
  readonly submit_time: bigint;
  readonly start_time: bigint;
  readonly stop_time: bigint | null;
  readonly stop_source: StopSource | null;
  readonly duration: bigint;
  readonly walltime: bigint;
  readonly requested_memory: bigint;
  readonly array_job_id: bigint;
  readonly num_nodes: number;
  readonly num_hwthreads: number;
  readonly num_acc: number;
  readonly smt: number;
  readonly monitoring_status: number;
  readonly energy: number;
  readonly resources: string;
  readonly footprint: string | null;
  readonly energy_footprint: string | null;
  readonly statistics: string | null;
  readonly concurrent_jobs: string | null;
  /** Null when it was not asked for, too. */
  readonly meta_data: string | null;
  /** `[{"id":…,"type":…,"name":…,"scope":…}]`, or null for none. */
  readonly tags: string | null;
}

const plain = sql.raw(
  `id, job_id, cluster, subcluster, cluster_partition, project, hpc_user, shared, job_state, submit_time, start_time, stop_time,
  stop_source, duration, walltime, requested_memory, array_job_id, num_nodes, num_hwthreads, num_acc, smt, monitoring_status, energy,
  resources::text AS resources, footprint::text AS footprint, energy_footprint::text AS energy_footprint,
  statistics::text AS statistics, concurrent_jobs::text AS concurrent_jobs`,
);
const tags = sql`(SELECT json_agg(json_build_object('id', tag.id, 'type', tag.tag_type, 'name', tag.tag_name, 'scope', tag.tag_scope)
    ORDER BY tag.tag_type, tag.tag_name, tag.tag_scope)::text
  FROM jobtag JOIN tag ON tag.id = jobtag.tag_id WHERE jobtag.job_id = job.id) AS tags`;
const withMeta = sql`${plain}, ${tags}, meta_data::text AS meta_data`;
const withoutMeta = sql`${plain}, ${tags}, NULL AS meta_data`;

/** A page of the jobs that fit, the newest start first. */
export async function findJobs(db: Database, filter: JobFilter, page: JobPage): Promise<JobRow[]> {
  const columns = page.withMetadata ? withMeta : withoutMeta;
  const { rows } = await sql<JobRow>`
    SELECT ${columns} FROM (
      SELECT job.* FROM ${candidates(filter, page)} AS job
      ORDER BY start_time DESC, id DESC LIMIT ${page.limit}::integer OFFSET ${page.offset}::integer) AS job
    ORDER BY start_time DESC, id DESC`.execute(db);
  return rows;
}

/** One job by its row's id or as a run, with its metadata; undefined when there is none. */
export async function readJob(db: Database, which: bigint | RunKey): Promise<JobRow | undefined> {
  const fits =
    typeof which === "bigint"
      ? sql`id = ${which}::bigint`
      : sql`job_id = ${which.jobId}::bigint AND cluster = ${which.cluster} AND start_time = ${which.startTime}::bigint`;
  const { rows } = await sql<JobRow>`SELECT ${withMeta} FROM job WHERE ${fits}`.execute(db);
  return rows[0];
}

/** At least the jobs of the page: every index that has an order by start time has it within a cluster, or a user. */
export function candidates(
  filter: JobFilter,
  { limit, offset, after }: Omit<JobPage, "withMetadata">,
): RawBuilder<unknown> {
  const fits = sql.join(conditions(filter, after), sql` AND `);
  const newest = sql`ORDER BY start_time DESC, id DESC LIMIT ${limit + offset}::integer`;
  if (filter.jobId !== undefined || filter.user !== undefined || filter.cluster !== undefined)
    return sql`(SELECT * FROM job WHERE ${fits} ${newest})`;
  return sql`(SELECT of_cluster.* FROM ${clustersOfJobs} AS known,
    LATERAL (SELECT * FROM job WHERE job.cluster = known.cluster AND ${fits} ${newest}) AS of_cluster)`;
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
