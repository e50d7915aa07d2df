import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: "@cc-ingest/devstack/testing/global-setup",
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // Each file runs servers and services of its own, and waits for them more than they work.
    maxWorkers: 2,
  },
});
