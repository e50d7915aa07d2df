import fc from "fast-check";

/**
 * How often a property about order runs, and from which seed: ORDER_RUNS, ORDER_SEED and ORDER_PATH in the environment say
 * otherwise. A failure comes with what was wrong, and with the command that shows it again.
 */
export function runsFromEnvironment<Ts>({
  runs,
  filter,
}: {
  readonly runs: number;
  /** Which test file vitest must run again. */
  readonly filter: string;
}): fc.Parameters<Ts> {
  const { ORDER_RUNS = String(runs), ORDER_SEED, ORDER_PATH } = process.env;
  return {
    numRuns: Number(ORDER_RUNS),
    ...(ORDER_SEED === undefined ? {} : { seed: Number(ORDER_SEED) }),
    ...(ORDER_PATH === undefined ? {} : { path: ORDER_PATH }),
    reporter(run) {
      if (!run.failed) return;
      const replay = `ORDER_SEED=${run.seed} ORDER_PATH=${run.counterexamplePath} pnpm --filter @cc-ingest/database test ${filter}`;
      throw new Error(`${fc.defaultReportMessage(run)}\n\nReplay: ${replay}`, { cause: run.errorInstance });
    },
  };
}
