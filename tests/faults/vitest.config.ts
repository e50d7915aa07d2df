import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: "@cc-ingest/devstack/testing/global-setup",
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Each file runs servers and services of its own, and its package shares two cores with another.
    maxWorkers: 3,
  },
});
