import { type EncodeResult, encodePoints } from "../line/encode-points.js";
import type { Precision } from "../line/point.js";
import { type GoValue, goJson } from "../payload/go-json.js";
import type { NodeState, NodeStates } from "../payload/node-states.js";
import type { StartJob } from "../payload/start-job.js";
import type { StopJob } from "../payload/stop-job.js";
import { decodeMessage } from "./decode-message.js";
import type { MessageOutcome } from "./outcome.js";

export interface EncodeMessageOptions {
  /** Nanoseconds since the epoch; without it the stream's time counts. */
  readonly timestamp?: bigint;
  /** Unit the timestamp is written in; default `ns`. */
  readonly precision?: Precision;
  /** Further tags, such as those real producers add: `hostname`, `type`, `type-id`. */
  readonly tags?: Readonly<Record<string, string>>;
}

type Required = "jobId" | "cluster" | "user" | "startTime" | "numNodes" | "resources";

/** What a start must say; the rest has defaults. A decoded `StartJob` fits. */
export type StartJobInput = Pick<StartJob, Required> & {
  readonly [K in Exclude<keyof StartJob, Required>]?: StartJob[K] | undefined;
};

export type StopJobInput = Pick<StopJob, "jobId" | "stopTime"> & {
  readonly [K in Exclude<keyof StopJob, "jobId" | "stopTime">]?: StopJob[K] | undefined;
};

export interface NodeStatesInput {
  readonly cluster: NodeStates["cluster"];
  readonly nodes: ReadonlyArray<
    Omit<NodeState, "state"> & { readonly state?: NodeState["state"] | undefined }
  >;
}

/** A start_job line, without a newline at its end. Refused when the decoder would refuse it. */
export function encodeStartJob(job: StartJobInput, options: EncodeMessageOptions = {}): EncodeResult {
  const payload: GoValue = {
    cluster: job.cluster,
    subCluster: job.subCluster ?? "",
    partition: job.partition ?? "",
    project: job.project ?? "",
    user: job.user,
    shared: job.shared ?? "none",
    jobState: "",
    tags: job.tags?.map(({ type, name, scope }) => ({ type, name, scope })),
    resources: job.resources.map(({ hostname, hwthreads, accelerators, configuration }) => ({
      hostname,
      hwthreads,
      accelerators,
      configuration,
    })),
    energyFootprint: job.energyFootprint ?? null,
    footprint: job.footprint ?? null,
    metaData: job.metaData ?? null,
    concurrentJobs: {
      items: job.concurrentJobs?.items.map(({ id, jobId }) => ({ id, jobId })) ?? null,
      count: job.concurrentJobs?.count ?? 0,
    },
    energy: job.energy ?? 0,
    arrayJobId: omitZero(job.arrayJobId),
    walltime: omitZero(job.walltime),
    requestedMemory: omitZero(job.requestedMemory),
    jobId: job.jobId,
    duration: job.duration ?? 0,
    smt: job.smt,
    monitoringStatus: job.monitoringStatus,
    numAcc: job.numAcc,
    numHwthreads: job.numHwthreads,
    numNodes: job.numNodes,
    statistics: statisticsOf(job),
    submitTime: omitZero(job.submitTime),
    startTime: job.startTime,
  };
  return encodeEvent("job", { ...options.tags, function: "start_job" }, payload, job.startTime, options);
}

/** A stop_job line. */
export function encodeStopJob(stop: StopJobInput, options: EncodeMessageOptions = {}): EncodeResult {
  const payload: GoValue = {
    jobId: stop.jobId,
    cluster: stop.cluster,
    startTime: stop.startTime,
    jobState: stop.jobState ?? "completed",
    stopTime: stop.stopTime,
  };
  return encodeEvent("job", { ...options.tags, function: "stop_job" }, payload, stop.stopTime, options);
}

/** A nodestate line. `state` is not sent: receivers derive it from `states`. */
export function encodeNodeStates(input: NodeStatesInput, options: EncodeMessageOptions = {}): EncodeResult {
  const payload: GoValue = {
    cluster: input.cluster,
    nodes: input.nodes.map((node) => ({
      hostname: node.hostname,
      states: node.states,
      cpusAllocated: node.cpusAllocated,
      memoryAllocated: node.memoryAllocated,
      gpusAllocated: node.gpusAllocated,
      jobsRunning: node.jobsRunning,
    })),
  };
  return encodeEvent("nodestate", options.tags ?? {}, payload, 0, options);
}

function encodeEvent(
  measurement: string,
  tags: Readonly<Record<string, string>>,
  payload: GoValue,
  seconds: number,
  options: EncodeMessageOptions,
): EncodeResult {
  const { timestamp, precision = "ns" } = options;
  const encoded = encodePoints(
    [
      {
        measurement,
        tags: Object.entries(tags),
        fields: [["event", { kind: "string", value: goJson(payload) }]],
        timestamp,
      },
    ],
    { precision },
  );
  if (!encoded.ok) {
    return encoded;
  }
  // The decoder is the judge of what a valid message is, so a producer learns here what a service would refuse.
  const latest = Number.isSafeInteger(seconds) ? BigInt(seconds) * 1_000_000_000n : 0n;
  const streamTime = timestamp !== undefined && timestamp > latest ? timestamp : latest;
  const outcome: MessageOutcome | undefined = decodeMessage(encoded.bytes, { precision, streamTime }).next()
    .value;
  return outcome?.kind === "rejected"
    ? { ok: false, code: "invalid_message", message: `${outcome.code}: ${outcome.message}` }
    : encoded;
}

function statisticsOf(job: StartJobInput): GoValue {
  if (job.statistics === undefined) {
    return null;
  }
  return Object.fromEntries(
    Object.entries(job.statistics).map(([name, { unit, avg, min, max }]) => [
      name,
      { unit: { base: unit.base, prefix: unit.prefix }, avg, min, max },
    ]),
  );
}

function omitZero(value: bigint | undefined): bigint | undefined {
  return value === 0n ? undefined : value;
}
