import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { globalSetup: "@cc-ingest/devstack/testing/global-setup", testTimeout: 60_000 },
});
