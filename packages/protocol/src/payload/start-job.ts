import type { Shared } from "./states.js";

/** A node a job runs on. */
export interface Resource {
  readonly hostname: string;
  readonly configuration?: string;
  /** Ids of the hardware threads used. */
  readonly hwthreads?: readonly number[];
  /** Ids of the accelerators used, such as `00000000:0E:00.0`. */
  readonly accelerators?: readonly string[];
}

export interface JobTag {
  readonly type: string;
  readonly name: string;
  /** Who sees the tag; `global` when not given. */
  readonly scope: string;
}

export interface ConcurrentJobs {
  readonly items: ReadonlyArray<{ readonly id: bigint; readonly jobId: bigint }>;
  readonly count: number;
}

export interface JobStatistic {
  readonly unit: { readonly base: string; readonly prefix: string };
  readonly avg: number;
  readonly min: number;
  readonly max: number;
}

/** The start of a job, as schedulers send it. Keys that were not sent have the defaults named here. */
export interface StartJob {
  /** Positive; unique only together with cluster and startTime. */
  readonly jobId: bigint;
  readonly cluster: string;
  /** May be empty: then the cluster definition decides. */
  readonly subCluster: string;
  readonly partition: string;
  readonly project: string;
  readonly user: string;
  /** Default `none`; the legacy key `exclusive` (0, 1, 2) is read when this one is missing. */
  readonly shared: Shared;
  /** 0: no array job. */
  readonly arrayJobId: bigint;
  /** Seconds; 0: unknown. */
  readonly walltime: bigint;
  /** Megabytes; 0: unknown. */
  readonly requestedMemory: bigint;
  /** Unix seconds; 0: unknown. Not checked for plausibility. */
  readonly submitTime: bigint;
  /** Unix seconds, from 2000-01-01 until a day ahead of the stream's time. */
  readonly startTime: number;
  /** Seconds; 0 while the job runs. */
  readonly duration: number;
  /** Hardware threads used per core; default 1. */
  readonly smt: number;
  /** 0 disabled, 1 running or archiving (default), 2 failed, 3 successful. */
  readonly monitoringStatus: number;
  readonly numAcc: number;
  readonly numHwthreads: number;
  /** At least 1, and the number of `resources`. */
  readonly numNodes: number;
  readonly energy: number;
  readonly tags: readonly JobTag[];
  readonly resources: readonly Resource[];
  readonly metaData: Readonly<Record<string, string>> | undefined;
  readonly footprint: Readonly<Record<string, number>> | undefined;
  readonly energyFootprint: Readonly<Record<string, number>> | undefined;
  readonly concurrentJobs: ConcurrentJobs | undefined;
  readonly statistics: Readonly<Record<string, JobStatistic>> | undefined;
}
