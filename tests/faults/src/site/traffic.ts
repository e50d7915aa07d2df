import { type SimulatedMessage, defaultOptions, simulate } from "@cc-ingest/simulation";
import type { ServiceName } from "./replica.ts";

/** A message on its way to a service. */
export interface Message {
  readonly to: ServiceName;
  readonly bytes: Uint8Array;
  /** The job that it says has started. */
  readonly starts?: number;
}

const options = {
  ...defaultOptions,
  startTime: 1_760_000_000_000,
  jobsPerSecond: 20,
  meanRuntimeSeconds: 10,
  scriptBytes: 0,
  hwthreads: 0,
  nodes: 64,
  nodeIntervalSeconds: 2,
  nodesPerMessage: 16,
  stopShuffle: 0.3,
  duplicates: 0.2,
  badLines: 0.05,
};

/**
 * What the producers of a small cluster send around so many jobs: starts and stops, some stops before their starts, some
 * messages twice, some with a malformed line, and node states. Another seed tells of other jobs.
 */
export function traffic(jobs: number, seed: number): Message[] {
  return [...simulate({ ...options, jobs, seed, firstJobId: seed * 1_000_000 })].map(addressed);
}

/** The same without end, in the order of time, each with the milliseconds since the beginning at which it is due. */
export function* endlessTraffic(
  seed: number,
  jobsPerSecond: number,
): Generator<Message & { readonly due: number }> {
  const size = {
    nodes: 100 * jobsPerSecond,
    meanRuntimeSeconds: 20,
    nodeIntervalSeconds: 10,
    nodesPerMessage: 100,
  };
  for (const message of simulate({ ...options, ...size, seed, jobsPerSecond, firstJobId: 1 }))
    yield { ...addressed(message), due: message.due };
}

function addressed({ kind, jobId, bytes }: SimulatedMessage): Message {
  const to = kind === "nodestate" ? "ingest-nodestate" : "ingest-jobs";
  return { to, bytes, ...(kind === "start_job" ? { starts: jobId } : {}) };
}
