import { defaultOptions, simulate } from "@cc-ingest/simulation";

/** Reports of one cluster, `interval` seconds apart, a thousand nodes to a message, in which jobs come and go. */
export function nodeReports(options: {
  readonly nodes: number;
  readonly reports: number;
  readonly intervalSeconds: number;
  readonly seed: number;
}): Uint8Array[] {
  const { nodes, reports, intervalSeconds, seed } = options;
  const all = simulate({
    ...defaultOptions,
    nodes,
    nodesPerMessage: 1_000,
    nodeIntervalSeconds: intervalSeconds,
    jobsPerSecond: 1,
    scriptBytes: 0,
    startTime: 1_760_000_000_000,
    durationSeconds: reports * intervalSeconds,
    seed,
  });
  return [...all].flatMap(({ kind, bytes }) => (kind === "nodestate" ? [bytes] : []));
}
