/** Runs of each property test: `FUZZ_RUNS=1000000 pnpm test` hunts longer, mutation testing makes do with fewer. */
export const numRuns = Number(process.env["FUZZ_RUNS"] ?? 10_000);
