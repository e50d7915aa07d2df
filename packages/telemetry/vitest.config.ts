import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["src/**/*.test.ts"], globalSetup: ["@cc-ingest/devstack/testing/postgres"] },
});
