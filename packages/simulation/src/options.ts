/** An imaginary cluster and what happens on it. Times are simulated: nothing here reads a clock. */
export interface SimulationOptions {
  readonly seed: number;
  /** When it begins: Unix milliseconds. */
  readonly startTime: number;
  readonly cluster: string;
  readonly nodes: number;
  /** Hardware threads of a node; 0 leaves the list of threads out of the resources. */
  readonly hwthreads: number;
  /** Accelerators of a node. */
  readonly gpus: number;
  /** Starts asked for; a cluster that is full starts fewer, as a real one does. 0 runs no jobs. */
  readonly jobsPerSecond: number;
  /** Default: what keeps three quarters of the nodes busy, between half a second and ten minutes. */
  readonly meanRuntimeSeconds?: number;
  /** Length of a job script; 0 sends neither script nor Slurm's description of the job. */
  readonly scriptBytes: number;
  /** 0 sends no node states. */
  readonly nodeIntervalSeconds: number;
  readonly nodesPerMessage: number;
  /** How often the producer asks the scheduler: what happened meanwhile is sent at once. 0: as it happens. */
  readonly pollIntervalSeconds: number;
  /** Ends when so many jobs have started and stopped. */
  readonly jobs?: number;
  /** Ends at this time, whatever still runs. */
  readonly durationSeconds?: number;
  /** Part of the stops that are sent before their starts. */
  readonly stopShuffle: number;
  /** Part of the messages that are sent twice. */
  readonly duplicates: number;
  /** Part of the messages that carry one more line, which is malformed. */
  readonly badLines: number;
  /** Job numbers count up from here. Default: a number that later beginnings at the same rate do not meet again. */
  readonly firstJobId?: number;
}

export const defaultOptions = {
  seed: 1,
  cluster: "fritz",
  nodes: 1000,
  hwthreads: 72,
  gpus: 0,
  jobsPerSecond: 50,
  scriptBytes: 1024,
  nodeIntervalSeconds: 60,
  nodesPerMessage: 1000,
  pollIntervalSeconds: 0,
  stopShuffle: 0,
  duplicates: 0,
  badLines: 0,
} as const satisfies Omit<SimulationOptions, "startTime">;

const FIRST_OF_2025 = 1_735_689_600;

/** Twice the rate leaves room for chance: the numbers of a run end before a later run's begin. */
export function firstJobId({ firstJobId: given, jobsPerSecond, startTime }: SimulationOptions): number {
  const seconds = Math.max(0, Math.floor(startTime / 1000) - FIRST_OF_2025);
  return given ?? 1 + seconds * Math.max(1, Math.ceil(2 * jobsPerSecond));
}
