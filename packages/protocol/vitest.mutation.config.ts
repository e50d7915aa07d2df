import { defineConfig } from "vitest/config";

/** The tests that run against the source, quick to give up: what matters is whether a mutant is noticed, not its smallest example. */
export default defineConfig({
  test: {
    include: ["src/testing/all-tests.ts"],
    setupFiles: ["src/testing/quick-failures.ts"],
    testTimeout: 60_000,
    chaiConfig: { truncateThreshold: 40 },
    diff: { truncateThreshold: 20 },
  },
});
