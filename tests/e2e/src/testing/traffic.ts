import { type SimulatedMessage, defaultOptions, simulate } from "@cc-ingest/simulation";
import { JOBS, NODES, type Stack } from "./stack.js";

export interface Traffic {
  readonly jobs: number;
  readonly seed: number;
}

/** What clusters send: jobs and node states, some out of order, some twice, some malformed. */
export function traffic({ jobs, seed }: Traffic): SimulatedMessage[] {
  return [
    ...simulate({
      ...defaultOptions,
      seed,
      jobs,
      startTime: 1_760_000_000_000,
      firstJobId: seed * 1_000_000,
      scriptBytes: 0,
      hwthreads: 0,
      stopShuffle: 0.2,
      duplicates: 0.05,
      badLines: 0.02,
      nodes: 100,
      nodeIntervalSeconds: 1,
      nodesPerMessage: 10,
    }),
  ];
}

/** Publishes in order, and resolves when the streams have stored everything. */
export async function send({ publish }: Stack, messages: readonly SimulatedMessage[]): Promise<void> {
  for (let i = 0; i < messages.length; i += 100)
    await Promise.all(
      messages
        .slice(i, i + 100)
        .map(({ kind, bytes }) => publish(kind === "nodestate" ? NODES : JOBS, bytes)),
    );
}
