import type { ColumnType, Generated } from "kysely";
import type { JobState, Shared } from "@cc-ingest/protocol";

/** A `bigint` column: read as bigint, written as bigint, number or decimal text. */
type Int8 = ColumnType<bigint, bigint | number | string, bigint | number | string>;
type Json = ColumnType<unknown, string | null, string | null>;

/** Who ended a run: a stop event, a later run of the same jobId, or the walltime reaper. */
export type StopSource = "event" | "superseded" | "walltime";

/** One run of a job. Identity: (job_id, cluster, start_time). Times are Unix seconds, `event_time` is nanoseconds. */
export interface JobTable {
  id: Generated<bigint>;
  job_id: Int8;
  cluster: string;
  subcluster: string;
  submit_time: Int8;
  start_time: Int8;
  hpc_user: string;
  project: string;
  cluster_partition: string;
  array_job_id: Int8;
  duration: Int8;
  walltime: Int8;
  job_state: JobState;
  meta_data: Json;
  resources: Json;
  num_nodes: number;
  num_hwthreads: number;
  num_acc: number;
  smt: number;
  shared: Shared;
  monitoring_status: number;
  energy: number;
  energy_footprint: Json;
  footprint: Json;
  requested_memory: Int8;
  concurrent_jobs: Json;
  statistics: Json;
  event_time: Int8;
  start_digest: Int8;
  stop_time: Int8 | null;
  stop_source: StopSource | null;
  stop_names_cluster: boolean | null;
  stop_names_start: boolean | null;
}

/** A stop that no run has taken: its run has not started yet, or another stop closed that run first. */
export interface ParkedStopTable {
  id: Generated<bigint>;
  job_id: Int8;
  cluster: string | null;
  start_time: Int8 | null;
  stop_time: Int8;
  job_state: JobState;
  reason: ParkReason;
}

export type ParkReason = "no_run" | "run_already_stopped";

export interface TagTable {
  id: Generated<bigint>;
  tag_type: string;
  tag_name: string;
  tag_scope: string;
}

export interface JobTagTable {
  job_id: Int8;
  tag_id: Int8;
}

/** What the jobs that ended on a day used, but for those that ran for longer than a day. See the migration `0014-job-usage`. */
export interface JobUsageTable {
  cluster: string;
  part: "all" | "user" | "project";
  /** Days since the epoch. */
  day: Int8;
  /** Empty for all. */
  name: string;
  jobs: Int8;
  node_seconds: Int8;
}

/** A day gone by whose jobs changed after it may have been added up. */
export interface JobUsageChangeTable {
  cluster: string;
  day: Int8;
}

export type ResolvedState = "allocated" | "reserved" | "idle" | "mixed" | "down" | "unknown";
export type HealthState = "full" | "partial" | "failed";

/** The columns a report of one node carries, in `node` (newest report) and `node_state` (all of them). */
interface NodeReportColumns {
  /** Unix seconds: the message's own time, else the time the stream stored it. */
  time_stamp: Int8;
  /** Nanoseconds within that second. */
  time_ns: number;
  node_state: ResolvedState;
  /** The states as they were sent, in their order. */
  states: string[];
  jobs_running: number;
  cpus_allocated: number;
  /** MB */
  memory_allocated: Int8;
  gpus_allocated: number;
  health_state: HealthState | null;
  health_metrics: Json;
}

/** Nullable report columns: a node can be known before its first report. */
export type NodeTable = {
  id: Generated<number>;
  hostname: string;
  cluster: string;
  /** Empty when no cluster definition lists the node. */
  subcluster: string;
  meta_data: Json;
  /** What the node has, from the cluster definitions; CPUs are hardware threads, memory is in megabytes. */
  cores_total: number | null;
  cpus_total: number | null;
  memory_total: bigint | null;
  gpus_total: number | null;
} & { [K in keyof NodeReportColumns]: NodeReportColumns[K] | null };

export interface NodeStateTable extends NodeReportColumns {
  node_id: number;
}

/** The first report of a state after another one, or of a node: all reports up to the next row told the same state. */
export interface NodeStateChangeTable {
  node_id: number;
  /** Unix seconds. */
  time_stamp: Int8;
  node_state: ResolvedState;
  /** Null for the first report of the node. */
  previous_state: ResolvedState | null;
}

/** By how much the number of a cluster's nodes in a state changed within five minutes, summed up from the changes. */
export interface NodesPerStateDeltaTable {
  cluster: string;
  /** Begin of the five minutes, in Unix seconds. */
  slot: Int8;
  node_state: ResolvedState;
  delta: number;
}

/** The message a line came in, and the line. */
interface LineSourceColumns {
  service: string;
  stream: string;
  stream_sequence: Int8;
  /** When the stream stored the message, to the microsecond, and the nanoseconds within it. */
  received_at: ColumnType<Date, string, never>;
  received_at_ns: Generated<number>;
  subject: string;
  /** 1-based; 0 stands for the whole message. */
  line_number: number;
  raw: Buffer;
  headers: Json;
  build: string;
}

export interface DeadLetterTable extends LineSourceColumns {
  id: Generated<bigint>;
  reason: string;
  message: string;
  sqlstate: string | null;
  /** What the line says it is about, where it can be read so far; null for a whole message. */
  cluster: string | null;
  job_id: Int8 | null;
  status: Generated<DeadLetterStatus>;
}

/** `replaying`: applied, but concurrent writers or listeners may not know of it yet; replayed again when that is interrupted. */
export type DeadLetterStatus = "open" | "replaying" | "replayed" | "discarded";

/** What somebody did about a dead letter. It belongs to the letter with the same message and line. */
export interface DeadLetterActionTable {
  id: Generated<bigint>;
  stream: string;
  stream_sequence: Int8;
  received_at: ColumnType<Date, string, never>;
  line_number: number;
  action: "replay" | "discard";
  outcome: "applied" | "refused" | "discarded";
  /** Who, by their own account, and the database's user. */
  actor: string;
  database_user: Generated<string>;
  acted_at: Generated<Date>;
  build: string;
  reason: string | null;
  message: string | null;
  /** The bytes that were replayed instead of the original ones. */
  edited: Buffer | null;
}

/** A message that is worked on with nothing beside it, or was when the process ended. */
export interface LoneAttemptTable {
  stream: string;
  stream_sequence: Int8;
  received_at: ColumnType<Date, string, never>;
  begun: number;
}

/** Of the messages that a durable consumer gets from a stream, how far they are known to be in this database. */
export interface WatermarkTable {
  stream: string;
  durable: string;
  /** When the stream was created, as the broker says it: one made anew uses its sequence numbers again. */
  stream_created: string;
  /** Every message up to this sequence has been committed here. */
  applied_floor: Int8;
}

/** The messages of starts by run, kept only while a duplicate window is set. `refused`: the run has no row. */
export interface StartMessageTable extends LineSourceColumns {
  job_id: Int8;
  cluster: string;
  start_time: Int8;
  event_time: Int8;
  start_digest: Int8;
  refused: boolean;
}

export interface Schema {
  job: JobTable;
  parked_stop: ParkedStopTable;
  tag: TagTable;
  jobtag: JobTagTable;
  job_usage: JobUsageTable;
  job_usage_change: JobUsageChangeTable;
  node: NodeTable;
  node_state: NodeStateTable;
  node_state_change: NodeStateChangeTable;
  nodes_per_state_delta: NodesPerStateDeltaTable;
  dead_letter: DeadLetterTable;
  dead_letter_action: DeadLetterActionTable;
  lone_attempt: LoneAttemptTable;
  start_message: StartMessageTable;
  watermark: WatermarkTable;
  ingest_lock: { slot: number };
}
