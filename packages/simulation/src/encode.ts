import { type EncodeResult, encodeNodeStates, encodeStartJob, encodeStopJob } from "@cc-ingest/protocol";
import type { NodeCondition } from "./cluster-events.js";
import { hostname, managementHost } from "./hosts.js";
import type { Job } from "./job.js";
import type { SimulationOptions } from "./options.js";
import { slurmInfo } from "./slurm-info.js";

/** A start as cc-slurm-adapter sends it. */
export function startMessage(job: Job, options: SimulationOptions): Uint8Array {
  const { cluster, hwthreads, gpus, scriptBytes } = options;
  const count = job.nodes.length;
  const threads = Array.from({ length: hwthreads }, (_, index) => index);
  const accelerators = Array.from({ length: gpus }, (_, index) => pciAddress(index));
  const start = {
    cluster,
    partition: job.partition,
    project: job.project,
    user: job.user,
    resources: job.nodes.map((node) => ({
      hostname: hostname(cluster, node),
      ...(hwthreads === 0 ? {} : { hwthreads: threads }),
      ...(gpus === 0 ? {} : { accelerators }),
    })),
    metaData: {
      jobName: job.name,
      jobScript: job.script,
      slurmInfo: scriptBytes === 0 ? "" : slurmInfo(job, options),
      submitTime: String(job.submitTime),
    },
    walltime: BigInt(job.walltime),
    jobId: BigInt(job.jobId),
    numAcc: gpus === 0 ? undefined : gpus * count,
    numHwthreads: Math.max(1, hwthreads) * count,
    numNodes: count,
    startTime: job.startTime,
  };
  const timestamp = nanoseconds(job.startTime);
  return bytesOf(encodeStartJob(start, { timestamp, tags: adapterTags(cluster) }));
}

/** A stop as cc-slurm-adapter sends it: without the start time. */
export function stopMessage(job: Job, { cluster }: SimulationOptions): Uint8Array {
  const { jobId, partition, state, stopTime } = job;
  const stop = { jobId: BigInt(jobId), cluster, jobState: state, stopTime };
  const tags = { ...adapterTags(cluster), partition };
  return bytesOf(encodeStopJob(stop, { timestamp: nanoseconds(stopTime), tags }));
}

const MEMORY_MB = 240_000;

/** Node states as ClusterCockpit's documentation has them. `first`: index of the first node; `time`: Unix seconds. */
export function nodeStateMessage(
  conditions: readonly NodeCondition[],
  { first, time }: { readonly first: number; readonly time: number },
  { cluster, hwthreads, gpus }: SimulationOptions,
): Uint8Array {
  const nodes = conditions.map((condition, offset) => {
    const jobs = condition === "allocated" ? 1 : 0;
    return {
      hostname: hostname(cluster, first + offset),
      states: condition === "down" ? ["down", "drain"] : [condition],
      cpusAllocated: jobs * hwthreads,
      memoryAllocated: BigInt(jobs * MEMORY_MB),
      gpusAllocated: jobs * gpus,
      jobsRunning: jobs,
    };
  });
  return bytesOf(encodeNodeStates({ cluster, nodes }, { timestamp: nanoseconds(time) }));
}

function adapterTags(cluster: string): Record<string, string> {
  return { hostname: managementHost(cluster), type: "node", "type-id": "0" };
}

function nanoseconds(seconds: number): bigint {
  return BigInt(seconds) * 1_000_000_000n;
}

/** Only options that make no sense, such as a cluster's name of 10,000 characters, get to the error. */
function bytesOf(result: EncodeResult): Uint8Array {
  if (!result.ok)
    throw new RangeError(`the simulation made a message that no service takes: ${result.message}`);
  return result.bytes;
}

function pciAddress(index: number): string {
  return `00000000:${(14 + 49 * index).toString(16).toUpperCase().padStart(2, "0").slice(-2)}:00.0`;
}
