/** Runs of each property test: `FUZZ_RUNS=1000000 pnpm test` hunts longer, mutation testing makes do with fewer. */
export const numRuns = Number(process.env["FUZZ_RUNS"] ?? 10_000);

/** So many of the runs must have come to something for the property to mean anything; few runs tell nothing. */
export function enough(share: number): number {
  return numRuns < 10_000 ? 0 : numRuns * share;
}
