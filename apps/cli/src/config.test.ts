import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { useTempDirectory } from "@cc-ingest/devstack/testing";
import { expect, it } from "vitest";
import { ccingest } from "./testing/ccingest.js";

const directory = useTempDirectory();

it("shows what file and environment come to, defaults included, and no secret", async () => {
  const file = join(directory(), "site.json");
  await writeFile(
    file,
    JSON.stringify({ nats: { address: "nats://a:4222", username: "cc", password: "file-secret" } }),
  );
  const env = {
    NATS_URL: "nats://b:4222",
    DATABASE_URL: "postgres://writer:database-secret@db/cc",
    INGEST_JOBS_BATCH_SIZE: "17",
  };
  const { exit, stdout, stderr } = await ccingest(["config", "show", "--config", file], { env });
  expect([exit, stderr]).toEqual([0, ""]);
  expect(JSON.parse(stdout)).toMatchObject({
    nats: { address: "nats://b:4222", username: "***", password: "***" },
    ingest: {
      database: { url: "postgres://writer:***@db/cc" },
      jobs: { "batch-size": 17, durable: "ingest-jobs" },
    },
  });
  expect(stdout).not.toMatch(/file-secret|database-secret/);
});

it("prints an example that can be shown", async () => {
  const file = join(directory(), "example.json");
  await writeFile(file, (await ccingest(["config", "example"])).stdout);
  expect(await ccingest(["config", "show", "-c", file])).toMatchObject({ exit: 0 });
});

it("tells all that is wrong at once, and ends with 2", async () => {
  const env = { NATS_URL: "ftp://a", INGEST_JOBS_BATCH_SIZE: "many" };
  const { exit, stdout, stderr } = await ccingest(["config", "show"], { env });
  expect([exit, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/NATS_URL[^]*INGEST_JOBS_BATCH_SIZE/);
});
