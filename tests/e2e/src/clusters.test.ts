import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { startLine } from "./testing/fixtures.js";
import { JOBS, useStack } from "./testing/stack.js";

const stack = useStack();
const DEFINITIONS = fileURLToPath(new URL("../../../packages/config/fixtures/clusters", import.meta.url));

test("with cluster definitions a job gets its subcluster from its host, and an unknown cluster is refused", async () => {
  const { running, publish, drained, db } = stack();
  await running("ingest-jobs", { INGEST_CLUSTER_DEFINITIONS: DEFINITIONS });
  await publish(JOBS, startLine(1, 1_760_000_000));
  await publish(JOBS, startLine(2, 1_760_000_000, { cluster: "elsewhere" }));
  await drained("ingest-jobs");
  const jobs = await db.selectFrom("job").select(["job_id", "subcluster"]).execute();
  expect(jobs).toEqual([{ job_id: 1n, subcluster: expect.stringMatching(/^\w+$/) as string }]);
  const letters = await db.selectFrom("dead_letter").select(["reason", "message"]).execute();
  expect(letters).toEqual([
    { reason: "unknown_cluster", message: "no definition of the cluster elsewhere is loaded" },
  ]);
});

test("definitions that are not there are a mistake in the configuration: exit code 2", async () => {
  const service = stack().start("ingest-jobs", { INGEST_CLUSTER_DEFINITIONS: "/nonexistent/cluster.json" });
  expect(await service.exit).toBe(2);
  expect(service.stderr.join("\n")).toContain("/nonexistent/cluster.json");
});
