import { defineConfig } from "vitest/config";

/** The tests that run against the source, quick to give up: what matters is whether a mutant is noticed, not its smallest example. */
export default defineConfig({
  test: {
    include: ["src/**/*.test.ts"],
    exclude: ["src/testing/**"],
    setupFiles: ["src/testing/quick-failures.ts"],
    testTimeout: 60_000,
  },
});
