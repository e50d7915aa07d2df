import type { StartJob, StopJob } from "@cc-ingest/protocol";
import type { JobEvent } from "../jobs/model.js";

const SECOND = 1_000_000_000n;

export function startJob(overrides: Partial<StartJob> = {}): StartJob {
  return {
    jobId: 1001n,
    cluster: "fritz",
    subCluster: "main",
    partition: "singlenode",
    project: "k106eb",
    user: "k106eb10",
    shared: "none",
    arrayJobId: 0n,
    walltime: 86_340n,
    requestedMemory: 0n,
    submitTime: 1_759_999_000n,
    startTime: 1_760_000_000,
    duration: 0,
    smt: 1,
    monitoringStatus: 1,
    numAcc: 0,
    numHwthreads: 72,
    numNodes: 1,
    energy: 0,
    tags: [],
    resources: [{ hostname: "f0720", hwthreads: [0, 1, 2, 3] }],
    metaData: { jobName: "lbm" },
    footprint: undefined,
    energyFootprint: undefined,
    concurrentJobs: undefined,
    statistics: undefined,
    ...overrides,
  };
}

/** A start event; its event time is the job's start time unless given. */
export function start(overrides: Partial<StartJob> = {}, eventTime?: bigint): JobEvent {
  const job = startJob(overrides);
  return startEvent(job, eventTime ?? BigInt(job.startTime) * SECOND);
}

/** Its bytes are the job's content: different jobs have different bytes, the same job the same. */
export function startEvent(job: StartJob, eventTime: bigint): JobEvent {
  const text = JSON.stringify(job, (_, value: unknown) =>
    typeof value === "bigint" ? String(value) : value,
  );
  return { kind: "start_job", job, eventTime, raw: new TextEncoder().encode(text) };
}

export function stop(overrides: Partial<StopJob> = {}): JobEvent {
  const stopJob: StopJob = {
    jobId: 1001n,
    cluster: "fritz",
    startTime: undefined,
    stopTime: 1_760_003_600,
    jobState: "completed",
    ...overrides,
  };
  return { kind: "stop_job", stop: stopJob, eventTime: BigInt(stopJob.stopTime) * SECOND };
}
