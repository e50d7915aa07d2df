import type { JobRow } from "@cc-ingest/database";

/**
 * A job as JSON text. Written out, because what the row has as JSON goes through as it is, and integers of 64 bits stay exact: both
 * would be lost on a way through JavaScript's values. `now`: Unix seconds, for what is still running.
 */
export function jobJson(row: JobRow, now: number): string {
  const duration = row.job_state === "running" ? Math.max(0, now - Number(row.start_time)) : row.duration;
  return (
    `{"id":${row.id},"jobId":${row.job_id},"cluster":${text(row.cluster)},"subCluster":${text(row.subcluster)},` +
    `"partition":${text(row.cluster_partition)},"project":${text(row.project)},"user":${text(row.hpc_user)},` +
    `"shared":"${row.shared}","jobState":"${row.job_state}","submitTime":${row.submit_time},` +
    `"startTime":${row.start_time},"stopTime":${row.stop_time},"stopSource":${text(row.stop_source)},` +
    `"duration":${duration},"walltime":${row.walltime},"requestedMemory":${row.requested_memory},` +
    `"arrayJobId":${row.array_job_id},"numNodes":${row.num_nodes},"numHwthreads":${row.num_hwthreads},` +
    `"numAcc":${row.num_acc},"smt":${row.smt},"monitoringStatus":${row.monitoring_status},"energy":${row.energy},` +
    `"resources":${row.resources},"tags":${row.tags ?? "[]"},"concurrentJobs":${concurrentJobs(row)},` +
    `"footprint":${row.footprint},"energyFootprint":${row.energy_footprint},"statistics":${row.statistics},` +
    `"metaData":${row.meta_data}}`
  );
}

const text = (value: string | null): string => JSON.stringify(value);

/** Numbers of jobs are kept as text there. */
function concurrentJobs({ concurrent_jobs }: JobRow): string {
  if (concurrent_jobs === null) return '{"count":0,"items":[]}';
  const { count, items } = JSON.parse(concurrent_jobs) as {
    count: number;
    items: readonly { id: string; jobId: string }[];
  };
  const written = items.map(({ id, jobId }) => `{"id":${BigInt(id)},"jobId":${BigInt(jobId)}}`);
  return `{"count":${count},"items":[${written.join(",")}]}`;
}
