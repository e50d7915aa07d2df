import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts"],
    // A deadline for hangs only: property tests take as long as the machine, and FUZZ_RUNS, make them.
    testTimeout: 3_600_000,
  },
});
