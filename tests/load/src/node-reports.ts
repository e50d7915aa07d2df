import { defaultOptions, simulate } from "@cc-ingest/simulation";

/** Ten thousand a day. */
const USUAL_JOBS = 10_000 / 86_400;
/** Unix milliseconds. */
const FIRST_REPORT = 1_760_000_000_000;

/** Reports of one cluster, a thousand nodes to a message, in which jobs come and go. */
export function nodeReports(options: {
  readonly nodes: number;
  readonly reports: number;
  readonly intervalSeconds: number;
  readonly seed: number;
  readonly jobsPerSecond?: number;
  /** Unix milliseconds of the first report. */
  readonly from?: number;
}): Uint8Array[] {
  const { nodes, reports, intervalSeconds, seed, jobsPerSecond = USUAL_JOBS, from = FIRST_REPORT } = options;
  const all = simulate({
    ...defaultOptions,
    nodes,
    nodesPerMessage: 1_000,
    nodeIntervalSeconds: intervalSeconds,
    jobsPerSecond,
    scriptBytes: 0,
    startTime: from,
    durationSeconds: reports * intervalSeconds,
    seed,
  });
  return [...all].flatMap(({ kind, bytes }) => (kind === "nodestate" ? [bytes] : []));
}

/**
 * The same for each of several rounds on one database. A round goes on where the one before ended: reports older than what a
 * process knows of are late ones, and take another way.
 */
export function nodeRounds(
  options: Omit<Parameters<typeof nodeReports>[0], "seed" | "from">,
): (round: number) => Uint8Array[] {
  const milliseconds = options.reports * options.intervalSeconds * 1000;
  return (round) => nodeReports({ ...options, seed: round, from: FIRST_REPORT + round * milliseconds });
}
