import type { JobState } from "@cc-ingest/protocol";
import { jobScript } from "./job-script.js";
import type { SimulationOptions } from "./options.js";
import type { Random } from "./random.js";

/** One run of a job. Times are Unix seconds. */
export interface Job {
  readonly jobId: number;
  readonly name: string;
  readonly user: string;
  readonly project: string;
  readonly partition: string;
  /** Indices of its nodes. */
  readonly nodes: readonly number[];
  readonly script: string;
  readonly submitTime: number;
  readonly startTime: number;
  readonly stopTime: number;
  /** How it ends. */
  readonly state: JobState;
  /** Seconds */
  readonly walltime: number;
}

/** What is known of a job before it has nodes. `runtime`: milliseconds. */
export interface Submission {
  readonly name: string;
  readonly user: string;
  readonly project: string;
  readonly script: string;
  readonly nodeCount: number;
  readonly runtime: number;
  readonly wait: number;
  readonly walltime: number;
  readonly state: JobState;
}

const programs = [
  "lbm",
  "gmx_mpi",
  "vasp_std",
  "simpleFoam",
  "wrf.exe",
  "cp2k.psmp",
  "python",
  "lmp",
] as const;
const walltimes = [3_600, 7_200, 21_600, 43_200, 86_340] as const;

/** Most jobs are small. Weights out of 100. */
const sizes = [
  [1, 70],
  [2, 11],
  [4, 8],
  [8, 5],
  [16, 3],
  [32, 2],
  [64, 1],
] as const;

const endings: readonly (readonly [JobState, number])[] = [
  ["completed", 84],
  ["failed", 7],
  ["timeout", 4],
  ["cancelled", 4],
  ["out_of_memory", 1],
];

const SCRIPTS = 64;
const PROJECTS = 30;

/** Draws jobs for one cluster. */
export class Submissions {
  readonly #random: Random;
  readonly #options: SimulationOptions;
  readonly #scripts: readonly [string, ...string[]];

  constructor(options: SimulationOptions, random: Random) {
    this.#options = options;
    this.#random = random;
    const script = (): string => jobScript(random, options.scriptBytes);
    this.#scripts = [script(), ...Array.from({ length: SCRIPTS - 1 }, script)];
  }

  next(): Submission {
    const random = this.#random;
    const project = `k${100 + random.integer(1, PROJECTS)}${random.pick(["ca", "eb", "fd"])}`;
    const runtime = Math.round(this.#meanRuntime() * (0.2 + 0.8 * random.exponential(1)));
    const state = weighted(random, endings);
    return {
      project,
      user: `${project}${10 + random.integer(0, 7)}`,
      name: random.pick(programs),
      script: random.pick(this.#scripts),
      nodeCount: Math.min(weighted(random, sizes), largestJob(this.#options.nodes)),
      runtime,
      wait: random.integer(1, 900),
      walltime: state === "timeout" ? Math.max(1, Math.floor(runtime / 1000)) : random.pick(walltimes),
      state,
    };
  }

  #meanRuntime(): number {
    const { meanRuntimeSeconds, nodes, jobsPerSecond } = this.#options;
    return 1000 * (meanRuntimeSeconds ?? clamp((0.75 * nodes) / (jobsPerSecond * meanSize(nodes)), 0.5, 600));
  }
}

/** A job that takes most of the cluster would leave it idle while the nodes come free. */
function largestJob(nodes: number): number {
  return Math.max(1, Math.floor(nodes / 8));
}

function meanSize(nodes: number): number {
  return sizes.reduce((sum, [size, weight]) => sum + (Math.min(size, largestJob(nodes)) * weight) / 100, 0);
}

function weighted<T>(random: Random, items: readonly (readonly [T, number])[]): T {
  let rest = random.integer(0, 99);
  for (const [item, weight] of items) {
    if (rest < weight) return item;
    rest -= weight;
  }
  throw new RangeError("the weights do not add up to 100");
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
