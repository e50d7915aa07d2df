import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { runsFromEnvironment } from "./order-runs.js";

afterEach(() => vi.unstubAllEnvs());

/** Runs a property that fails for large numbers, and what was tried. */
async function run(runs: number) {
  const tried: number[] = [];
  const property = fc.asyncProperty(fc.nat(), async (n) => {
    tried.push(n);
    if (n >= 1_000_000) throw new Error("too large");
  });
  const failed = await Promise.resolve(
    fc.assert(property, runsFromEnvironment({ runs, filter: "jobs/order" })),
  ).catch((error: unknown) => error);
  if (!(failed instanceof Error)) throw new Error("it has not failed");
  return { tried, message: failed.message, cause: failed.cause };
}

test("a failure names the command that shows the same failure again, at once", async () => {
  const { tried, message, cause } = await run(200);
  expect(cause).toMatchObject({ message: "too large" });
  const command =
    /^Replay: ORDER_SEED=(\S+) ORDER_PATH=(\S+) pnpm --filter @cc-ingest\/database test jobs\/order$/m.exec(
      message,
    );
  expect(command).not.toBeNull();
  vi.stubEnv("ORDER_SEED", command?.[1]);
  vi.stubEnv("ORDER_PATH", command?.[2]);
  const again = await run(200);
  expect(again.tried[0]).toBe(Math.min(...tried.filter((n) => n >= 1_000_000)));
  expect(again.cause).toMatchObject({ message: "too large" });
});

test("ORDER_RUNS makes a run longer or shorter", async () => {
  vi.stubEnv("ORDER_RUNS", "3");
  vi.stubEnv("ORDER_SEED", "1");
  const small = fc.asyncProperty(fc.constant(0), () => Promise.resolve());
  const details = await fc.check(small, runsFromEnvironment({ runs: 600, filter: "jobs/order" }));
  expect(details.numRuns).toBe(3);
});
