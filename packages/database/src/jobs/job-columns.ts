import type { StartJob } from "@cc-ingest/protocol";
import { type Column, Columns } from "../binary/columns.js";
import { type Close, type Start, type Stop, closeState, closeTime } from "./model.js";

/** The columns of `job` that a start event decides. */
const startColumns: readonly Column<Start>[] = [
  { name: "job_id", type: "bigint", value: ({ job }) => job.jobId },
  { name: "cluster", type: "text", value: ({ job }) => job.cluster },
  { name: "subcluster", type: "text", value: ({ job }) => job.subCluster },
  { name: "submit_time", type: "bigint", value: ({ job }) => job.submitTime },
  { name: "start_time", type: "bigint", value: ({ job }) => job.startTime },
  { name: "hpc_user", type: "text", value: ({ job }) => job.user },
  { name: "project", type: "text", value: ({ job }) => job.project },
  { name: "cluster_partition", type: "text", value: ({ job }) => job.partition },
  { name: "array_job_id", type: "bigint", value: ({ job }) => job.arrayJobId },
  { name: "walltime", type: "bigint", value: ({ job }) => job.walltime },
  { name: "meta_data", type: "jsonb", value: ({ job }) => json(job.metaData) },
  { name: "resources", type: "jsonb", value: ({ job }) => json(job.resources) },
  { name: "num_nodes", type: "integer", value: ({ job }) => job.numNodes },
  { name: "num_hwthreads", type: "integer", value: ({ job }) => job.numHwthreads },
  { name: "num_acc", type: "integer", value: ({ job }) => job.numAcc },
  { name: "smt", type: "integer", value: ({ job }) => job.smt },
  { name: "shared", type: "text", value: ({ job }) => job.shared },
  { name: "monitoring_status", type: "smallint", value: ({ job }) => job.monitoringStatus },
  { name: "energy", type: "double precision", value: ({ job }) => job.energy },
  { name: "energy_footprint", type: "jsonb", value: ({ job }) => json(job.energyFootprint) },
  { name: "footprint", type: "jsonb", value: ({ job }) => json(job.footprint) },
  { name: "requested_memory", type: "bigint", value: ({ job }) => job.requestedMemory },
  { name: "concurrent_jobs", type: "jsonb", value: ({ job }) => concurrentJobs(job) },
  { name: "statistics", type: "jsonb", value: ({ job }) => json(job.statistics) },
  { name: "event_time", type: "bigint", value: ({ eventTime }) => eventTime },
  { name: "start_digest", type: "bigint", value: ({ digest }) => digest },
];

interface CloseRow {
  readonly close: Close | undefined;
}

/** The columns that say whether and how a run ended. */
const closeColumns = <Row extends CloseRow>(startTime: (row: Row) => number): readonly Column<Row>[] => [
  {
    name: "job_state",
    type: "text",
    value: ({ close }) => (close === undefined ? "running" : closeState(close)),
  },
  {
    name: "duration",
    type: "bigint",
    value: (row) => (row.close === undefined ? 0 : closeTime(row.close) - startTime(row)),
  },
  {
    name: "stop_time",
    type: "bigint",
    value: ({ close }) => (close === undefined ? undefined : closeTime(close)),
  },
  { name: "stop_source", type: "text", value: ({ close }) => close?.source },
  {
    name: "stop_names_cluster",
    type: "boolean",
    value: ({ close }) => (close?.source === "event" ? close.stop.cluster !== undefined : undefined),
  },
  {
    name: "stop_names_start",
    type: "boolean",
    value: ({ close }) => (close?.source === "event" ? close.stop.startTime !== undefined : undefined),
  },
];

interface StartRow extends CloseRow {
  readonly start: Start;
}

const ofStart = ({ name, type, value }: Column<Start>): Column<{ start: Start }> => ({
  name,
  type,
  value: (row) => value(row.start),
});
const closeOfStart = closeColumns<StartRow>(({ start }) => start.job.startTime);
const closeOfStored = closeColumns<CloseRow & { startTime: number }>(({ startTime }) => startTime);
const id: Column<{ id: bigint }> = { name: "id", type: "bigint", value: (row) => row.id };

export const insertColumns = new Columns<StartRow>([...startColumns.map(ofStart), ...closeOfStart]);
export const replacementColumns = {
  set: insertColumns.assignments,
  input: new Columns<StartRow & { id: bigint }>([id, ...startColumns.map(ofStart), ...closeOfStart]),
};
export const closingColumns = {
  set: new Columns(closeOfStored).assignments,
  input: new Columns<CloseRow & { id: bigint; startTime: number }>([id, ...closeOfStored]),
};

export const parkedColumns = new Columns<{ stop: Stop; reason: string }>([
  { name: "job_id", type: "bigint", value: ({ stop }) => stop.jobId },
  { name: "cluster", type: "text", value: ({ stop }) => stop.cluster },
  { name: "start_time", type: "bigint", value: ({ stop }) => stop.startTime },
  { name: "stop_time", type: "bigint", value: ({ stop }) => stop.stopTime },
  { name: "job_state", type: "text", value: ({ stop }) => stop.jobState },
  { name: "reason", type: "text", value: ({ reason }) => reason },
]);

function json(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}

/** The Slurm adapter sends it empty with every job. int64 goes as text, which every JSON reader keeps exact. */
function concurrentJobs({ concurrentJobs: jobs }: StartJob): string | undefined {
  if (jobs === undefined || (jobs.items.length === 0 && jobs.count === 0)) return undefined;
  const items = jobs.items.map(({ id: rowId, jobId }) => ({ id: String(rowId), jobId: String(jobId) }));
  return JSON.stringify({ count: jobs.count, items });
}
