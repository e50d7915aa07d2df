import type { JobState, Shared } from "@cc-ingest/protocol";
import { sql } from "kysely";
import type { Database } from "../connection/connect.js";
import { type JobFilter, type JobPlace, pageOfJobs } from "../queries/find-jobs.js";
import type { StopSource } from "../schema.js";

/** A run as lists show it. */
export interface JobSummary {
  readonly id: bigint;
  readonly jobId: bigint;
  readonly cluster: string;
  readonly subcluster: string;
  readonly user: string;
  readonly project: string;
  readonly partition: string;
  readonly state: JobState;
  /** Unix seconds. */
  readonly startTime: number;
  /** Null while it runs. */
  readonly stopTime: number | null;
  readonly stopSource: StopSource | null;
  /** Seconds; 0: unknown. */
  readonly walltime: number;
  readonly numNodes: number;
  readonly name: string | null;
}

interface SummaryRow {
  readonly id: bigint;
  readonly job_id: bigint;
  readonly cluster: string;
  readonly subcluster: string;
  readonly hpc_user: string;
  readonly project: string;
  readonly cluster_partition: string;
  readonly job_state: JobState;
  readonly start_time: bigint;
  readonly stop_time: bigint | null;
  readonly stop_source: StopSource | null;
  readonly walltime: bigint;
  readonly num_nodes: number;
  readonly name: string | null;
}

const summaryColumns = sql`job.id, job.job_id, job.cluster, job.subcluster, job.hpc_user, job.project, job.cluster_partition,
  job.job_state, job.start_time, job.stop_time, job.stop_source, job.walltime, job.num_nodes, job.meta_data ->> 'jobName' AS name`;

/** A page of the runs that fit, those that started last first. `after`: the last one of the page before. */
export async function listJobs(
  db: Database,
  filter: JobFilter,
  { after, limit }: { readonly after?: JobPlace | undefined; readonly limit: number },
): Promise<JobSummary[]> {
  const { rows } =
    await sql<SummaryRow>`SELECT ${summaryColumns} FROM (${pageOfJobs(filter, { limit, offset: 0, after })}) AS job
    ORDER BY start_time DESC, id DESC`.execute(db);
  return rows.map(summaryOf);
}

function summaryOf(row: SummaryRow): JobSummary {
  return {
    id: row.id,
    jobId: row.job_id,
    cluster: row.cluster,
    subcluster: row.subcluster,
    user: row.hpc_user,
    project: row.project,
    partition: row.cluster_partition,
    state: row.job_state,
    startTime: Number(row.start_time),
    stopTime: row.stop_time === null ? null : Number(row.stop_time),
    stopSource: row.stop_source,
    walltime: Number(row.walltime),
    numNodes: row.num_nodes,
    name: row.name,
  };
}

/** All that is stored of a run. */
export interface JobDetail extends JobSummary {
  /** Unix seconds; null: unknown. */
  readonly submitTime: number | null;
  /** Of the start event: nanoseconds since the epoch. */
  readonly eventTime: bigint;
  readonly arrayJobId: bigint;
  readonly numHwthreads: number;
  readonly numAcc: number;
  readonly smt: number;
  readonly shared: Shared;
  /** Megabytes; 0: unknown. */
  readonly requestedMemory: bigint;
  readonly hostnames: readonly string[];
  readonly tags: readonly string[];
  readonly metaData: Readonly<Record<string, string>>;
}

interface DetailRow extends SummaryRow {
  readonly submit_time: bigint;
  readonly event_time: bigint;
  readonly array_job_id: bigint;
  readonly num_hwthreads: number;
  readonly num_acc: number;
  readonly smt: number;
  readonly shared: Shared;
  readonly requested_memory: bigint;
  readonly hostnames: string[];
  readonly tags: string[] | null;
  readonly meta_data: Record<string, string> | null;
}

/** Those runs, whole: one by its number, or all of a job. The newest start first. */
export async function readJobs(
  db: Database,
  which: { readonly id: bigint } | { readonly jobId: bigint },
): Promise<JobDetail[]> {
  const condition =
    "id" in which ? sql`job.id = ${which.id}::bigint` : sql`job.job_id = ${which.jobId}::bigint`;
  const { rows } =
    await sql<DetailRow>`SELECT ${summaryColumns}, job.submit_time, job.event_time, job.array_job_id,
      job.num_hwthreads, job.num_acc, job.smt, job.shared, job.requested_memory, job.meta_data,
      ARRAY(SELECT resource ->> 'hostname' FROM jsonb_array_elements(job.resources) WITH ORDINALITY AS r (resource, place)
        ORDER BY place) AS hostnames,
      (SELECT array_agg(tag_type || ': ' || tag_name ORDER BY tag_type, tag_name)
        FROM jobtag JOIN tag ON tag.id = jobtag.tag_id WHERE jobtag.job_id = job.id) AS tags
    FROM job WHERE ${condition} ORDER BY job.start_time DESC, job.id DESC LIMIT ${MANY}::bigint`.execute(db);
  return rows.map((row) => ({
    ...summaryOf(row),
    submitTime: row.submit_time === 0n ? null : Number(row.submit_time),
    eventTime: row.event_time,
    arrayJobId: row.array_job_id,
    numHwthreads: row.num_hwthreads,
    numAcc: row.num_acc,
    smt: row.smt,
    shared: row.shared,
    requestedMemory: row.requested_memory,
    hostnames: row.hostnames,
    tags: row.tags ?? [],
    metaData: row.meta_data ?? {},
  }));
}

/** A job that is requeued again and again, or several clusters' jobs of one number. */
const MANY = 100;

/** A stop that no run has taken. Times are Unix seconds. */
export interface ParkedStop {
  readonly jobId: bigint;
  readonly cluster: string | null;
  readonly startTime: number | null;
  readonly stopTime: number;
  readonly state: JobState;
  readonly reason: "no_run" | "run_already_stopped";
}

export async function readParkedStops(db: Database, jobId: bigint): Promise<ParkedStop[]> {
  const rows = await db
    .selectFrom("parked_stop")
    .selectAll()
    .where("job_id", "=", jobId)
    .orderBy("stop_time", "desc")
    .orderBy("id")
    .limit(MANY)
    .execute();
  return rows.map((row) => ({
    jobId: row.job_id,
    cluster: row.cluster,
    startTime: row.start_time === null ? null : Number(row.start_time),
    stopTime: Number(row.stop_time),
    state: row.job_state,
    reason: row.reason,
  }));
}
