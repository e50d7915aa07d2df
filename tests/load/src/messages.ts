import { defaultOptions, simulate } from "@cc-ingest/simulation";

export interface LoadOptions {
  readonly jobs: number;
  readonly seed: number;
  /** Without: starts and stops, shuffled. */
  readonly startsOnly: boolean;
}

/** Messages of one-node jobs of four hardware threads without job scripts: about 430 bytes each, so that rows count, not bytes. */
export function jobMessages({ jobs, seed, startsOnly }: LoadOptions): Uint8Array[] {
  const cluster = { nodes: 10_000, jobsPerSecond: 500, nodeIntervalSeconds: 0, scriptBytes: 0, hwthreads: 4 };
  const all = simulate({
    ...defaultOptions,
    ...cluster,
    startTime: 1_760_000_000_000,
    jobs,
    seed,
    firstJobId: seed * 10_000_000,
  });
  const wanted = [...all].filter(({ kind }) => !startsOnly || kind === "start_job");
  return shuffled(wanted.map(({ bytes }) => bytes));
}

function shuffled<T>(items: T[]): T[] {
  let state = 12_345;
  for (let i = items.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const j = state % (i + 1);
    const [a, b] = [items[i], items[j]];
    if (a !== undefined && b !== undefined) [items[i], items[j]] = [b, a];
  }
  return items;
}
