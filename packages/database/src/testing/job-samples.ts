import type { StartJob, StopJob } from "@cc-ingest/protocol";
import { createHash } from "node:crypto";
import type { JobEvent } from "../jobs/model.js";
import type { DuplicateWindow } from "../jobs/start-messages.js";

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

/** Its bytes are its content: different starts have different bytes, the same start the same. */
export function startEvent(job: StartJob, eventTime: bigint): JobEvent {
  const text = JSON.stringify({ job, eventTime }, (_, value: unknown) =>
    typeof value === "bigint" ? `${value}n` : value,
  );
  return { kind: "start_job", job, eventTime, raw: new TextEncoder().encode(text) };
}

/** The start whose bytes these are. */
export function readSample(raw: Uint8Array): { readonly job: StartJob; readonly eventTime: bigint } {
  return JSON.parse(Buffer.from(raw).toString(), (_, value: unknown) =>
    typeof value === "string" && /^\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value,
  ) as { job: StartJob; eventTime: bigint };
}

/** A duplicate window for these samples. */
export function sampleWindow(seconds: number): DuplicateWindow {
  return {
    seconds,
    readStart: (raw) => readSample(raw).job,
    sourceOf: (event) => ({
      service: "ingest-jobs",
      stream: "CC_JOB",
      // As if each distinct line had been stored once.
      streamSequence:
        event.kind === "start_job" ? createHash("sha1").update(event.raw).digest().readUInt32BE() : 0,
      receivedAt: 1_760_000_000_000_000_000n,
      subject: "cc.job.event",
      lineNumber: 1,
      raw: event.kind === "start_job" ? event.raw : Buffer.of(),
      headers: undefined,
      build: "1.0.0",
    }),
  };
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
