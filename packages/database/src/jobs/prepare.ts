import { hash } from "node:crypto";
import type { StartJob } from "@cc-ingest/protocol";
import type { JobEvent, PreparedEvent } from "./model.js";

/** Gives each start event its row text and digest. Pure. */
export function prepareJobEvent(event: JobEvent): PreparedEvent {
  if (event.kind === "stop_job") return { kind: "stop_job", stop: event.stop };
  const content = jobColumns(event.job);
  // Tags too: two starts that differ in nothing else must still have an order.
  const hashed = hash("sha1", content + JSON.stringify(event.job.tags), "buffer");
  const digest = hashed.readBigInt64BE();
  return { kind: "start_job", start: { job: event.job, eventTime: event.eventTime, content, digest } };
}

/** The columns of `job` that a start event alone decides, as a JSON object. int64 goes as text: exact. */
function jobColumns(job: StartJob): string {
  return JSON.stringify({
    job_id: String(job.jobId),
    cluster: job.cluster,
    subcluster: job.subCluster,
    submit_time: String(job.submitTime),
    start_time: job.startTime,
    hpc_user: job.user,
    project: job.project,
    cluster_partition: job.partition,
    array_job_id: String(job.arrayJobId),
    walltime: String(job.walltime),
    meta_data: job.metaData ?? null,
    resources: job.resources,
    num_nodes: job.numNodes,
    num_hwthreads: job.numHwthreads,
    num_acc: job.numAcc,
    smt: job.smt,
    shared: job.shared,
    monitoring_status: job.monitoringStatus,
    energy: job.energy,
    energy_footprint: job.energyFootprint ?? null,
    footprint: job.footprint ?? null,
    requested_memory: String(job.requestedMemory),
    concurrent_jobs: concurrentJobs(job),
    statistics: job.statistics ?? null,
  });
}

function concurrentJobs({ concurrentJobs: jobs }: StartJob): unknown {
  if (jobs === undefined || (jobs.items.length === 0 && jobs.count === 0)) return null;
  return {
    count: jobs.count,
    items: jobs.items.map(({ id, jobId }) => ({ id: String(id), jobId: String(jobId) })),
  };
}
