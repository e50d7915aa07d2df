import { defineConfig } from "vitest/config";

// The time limit is for hangs only: how long a test takes is the machine's affair.
export default defineConfig({
  test: { globalSetup: "@cc-ingest/devstack/testing/global-setup", testTimeout: 90_000, hookTimeout: 90_000 },
});
