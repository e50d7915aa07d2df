import { type SimulationOptions, defaultOptions } from "@cc-ingest/simulation";
import type { Command } from "commander";
import { amount, integer, part, seconds } from "../shared/parse.js";

/** Commander's names for what `addTraffic` adds. */
export interface TrafficOptions {
  readonly cluster: string;
  readonly nodes: number;
  readonly hwthreads: number;
  readonly gpus: number;
  readonly jobsPerSecond: number;
  readonly meanRuntime?: number;
  readonly scriptBytes: number;
  readonly nodeInterval: number;
  readonly nodesPerMessage: number;
  readonly pollInterval: number;
  readonly stopShuffle: number;
  readonly duplicates: number;
  readonly badLines: number;
  readonly seed: number;
  readonly firstJobId?: number;
}

export type TrafficDefaults = Pick<TrafficOptions, "nodes" | "jobsPerSecond" | "nodeInterval">;

/** The options that say what the imaginary cluster does. */
export function addTraffic(command: Command, defaults: TrafficDefaults): Command {
  const d = defaultOptions;
  return command
    .option("--cluster <name>", "name of the cluster", d.cluster)
    .option("--nodes <n>", "nodes of the cluster", integer(1, 1_000_000), defaults.nodes)
    .option("--jobs-per-second <n>", "jobs started per second, 0 for none", amount, defaults.jobsPerSecond)
    .option(
      "--mean-runtime <time>",
      "of a job (default: what keeps three quarters of the nodes busy)",
      seconds,
    )
    .option(
      "--node-interval <time>",
      "between two reports of all node states, 0 for none",
      seconds,
      defaults.nodeInterval,
    )
    .option("--nodes-per-message <n>", "nodes in one message at most", integer(1), d.nodesPerMessage)
    .option(
      "--poll-interval <time>",
      "send in bursts, as an adapter that polls does",
      seconds,
      d.pollIntervalSeconds,
    )
    .option(
      "--hwthreads <n>",
      "hardware threads per node, 0 leaves out the lists",
      integer(0, 1024),
      d.hwthreads,
    )
    .option("--gpus <n>", "accelerators per node", integer(0, 16), d.gpus)
    .option("--script-bytes <n>", "length of a job script, 0 for none", integer(0, 10_000_000), d.scriptBytes)
    .option("--stop-shuffle <part>", "part of the stops sent before their starts", part, d.stopShuffle)
    .option("--duplicates <part>", "part of the messages sent twice", part, d.duplicates)
    .option("--bad-lines <part>", "part of the messages with one more line, malformed", part, d.badLines)
    .option("--seed <n>", "the same seed gives the same jobs", integer(0, 2 ** 31 - 1), d.seed)
    .option("--first-job-id <n>", "default: above those of earlier runs", integer(1));
}

export function toSimulationOptions(options: TrafficOptions, startTime: number): SimulationOptions {
  return {
    seed: options.seed,
    startTime,
    cluster: options.cluster,
    nodes: options.nodes,
    hwthreads: options.hwthreads,
    gpus: options.gpus,
    jobsPerSecond: options.jobsPerSecond,
    ...(options.meanRuntime === undefined ? {} : { meanRuntimeSeconds: options.meanRuntime }),
    scriptBytes: options.scriptBytes,
    nodeIntervalSeconds: options.nodeInterval,
    nodesPerMessage: options.nodesPerMessage,
    pollIntervalSeconds: options.pollInterval,
    stopShuffle: options.stopShuffle,
    duplicates: options.duplicates,
    badLines: options.badLines,
    ...(options.firstJobId === undefined ? {} : { firstJobId: options.firstJobId }),
  };
}
