import { fileURLToPath } from "node:url";
import { loadClusterDefinitions, loadConfig } from "@cc-ingest/config";
import { connectDatabase } from "@cc-ingest/database";
import { expect, onTestFinished, test } from "vitest";
import { duplicateWindow } from "./duplicate-window.js";

const T = 1_760_000_000;
const STORED = BigInt(T) * 1_000_000_000n;

const loaded = loadClusterDefinitions(
  fileURLToPath(new URL("../../../config/fixtures/clusters", import.meta.url)),
);
const definitions = loaded.ok ? loaded.definitions : undefined;

function windowOf(env: Record<string, string>, known = definitions) {
  const url = "postgres://nobody@127.0.0.1:1/none";
  const config = loadConfig({ env: { DATABASE_URL: url, ...env }, required: ["database"] });
  if (!config.ok) throw new Error(JSON.stringify(config.problems));
  // Reading a line again asks nothing of it.
  const db = connectDatabase({ url, poolSize: 1, applicationName: "test" });
  onTestFinished(() => db.destroy());
  return duplicateWindow({
    config: config.config,
    db,
    definitions: known,
    service: "ingest-jobs",
    build: "test",
  });
}

const HUNDRED = { INGEST_DUPLICATE_WINDOW_SECONDS: "100" };

const line = (cluster: string, timestamp: bigint | number) => {
  const event = {
    jobId: 1,
    cluster,
    user: "u",
    numNodes: 1,
    resources: [{ hostname: "f2157" }],
    startTime: T,
  };
  return new TextEncoder().encode(
    `job,function=start_job event="${JSON.stringify(event).replaceAll('"', '\\"')}" ${timestamp}`,
  );
};

test("there is none unless it is configured", () => {
  expect(windowOf({})).toBeUndefined();
});

test("a refused start is read again as a delivered one: by the configured precision, with the subcluster of its host", () => {
  const seconds = windowOf({ ...HUNDRED, INGEST_TIMESTAMP_PRECISION: "s" });
  expect(seconds?.readStart(line("fritz", T), STORED)).toMatchObject({ jobId: 1n, subCluster: "spr" });
  expect(seconds?.readStart(line("fritz", STORED), STORED)).toBeUndefined();
  expect(windowOf(HUNDRED)?.readStart(line("fritz", STORED), STORED)).toMatchObject({ startTime: T });
});

test("one whose cluster no definition knows any more does not come back", () => {
  expect(windowOf(HUNDRED)?.readStart(line("elsewhere", STORED), STORED)).toBeUndefined();
});

test("a start of the future is held against the time it was stored, not against now", () => {
  expect(
    windowOf(HUNDRED)?.readStart(line("fritz", STORED), STORED - 2n * 86_400_000_000_000n),
  ).toBeUndefined();
});
