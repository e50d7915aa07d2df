import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { nodesLine, startLine } from "./testing/fixtures.js";
import { JOBS, NODES, useStack } from "./testing/stack.js";

const stack = useStack();
const DEFINITIONS = fileURLToPath(new URL("../../../packages/config/fixtures/clusters", import.meta.url));

test("with cluster definitions a job gets its subcluster from its host, and an unknown cluster is refused", async () => {
  const { running, publish, drained, db } = stack();
  await running("ingest-jobs", { INGEST_CLUSTER_DEFINITIONS: DEFINITIONS });
  await publish(JOBS, startLine(1, 1_760_000_000));
  await publish(JOBS, startLine(3, 1_760_000_000, { resources: [{ hostname: "f2157" }] }));
  await publish(JOBS, startLine(2, 1_760_000_000, { cluster: "elsewhere" }));
  await drained("ingest-jobs");
  const jobs = await db.selectFrom("job").select(["job_id", "subcluster"]).orderBy("job_id").execute();
  expect(jobs).toEqual([
    { job_id: 1n, subcluster: "main" },
    { job_id: 3n, subcluster: "spr" },
  ]);
  const letters = await db.selectFrom("dead_letter").select(["reason", "message"]).execute();
  expect(letters).toEqual([
    { reason: "unknown_cluster", message: "no definition of the cluster elsewhere is loaded" },
  ]);
});

test("with cluster definitions a node gets its subcluster and capacity, and an unlisted one is refused alone", async () => {
  const { running, publish, drained, db } = stack();
  await running("ingest-nodestate", { INGEST_CLUSTER_DEFINITIONS: DEFINITIONS });
  await publish(NODES, nodesLine(1_760_000_000, ["f0101", "nowhere", "f0102"]));
  await drained("ingest-nodestate");
  const listed = await db
    .selectFrom("node")
    .select(["hostname", "subcluster", "cpus_total", "node_state"])
    .orderBy("hostname")
    .execute();
  const placed = { subcluster: "main", cpus_total: expect.any(Number) as number, node_state: "idle" };
  expect(listed).toMatchObject([
    { hostname: "f0101", ...placed },
    { hostname: "f0102", ...placed },
  ]);
  const letters = await db
    .selectFrom("dead_letter")
    .select(["reason", "message"])
    .where("subject", "=", NODES)
    .execute();
  expect(letters).toEqual([
    { reason: "host_in_no_subcluster", message: "host nowhere is in no node list of cluster fritz" },
  ]);
});

test("a node whose clock runs ahead is refused, and does not hide its later reports", async () => {
  const { running, publish, drained, db } = stack();
  await running("ingest-nodestate");
  const now = Math.floor(Date.now() / 1000);
  await publish(NODES, nodesLine(now + 3_600, ["f0901"]));
  await publish(NODES, nodesLine(now, ["f0901"]));
  await drained("ingest-nodestate");
  const node = await db.selectFrom("node").select("time_stamp").where("hostname", "=", "f0901").execute();
  expect(node).toEqual([{ time_stamp: BigInt(now) }]);
  const letters = await db
    .selectFrom("dead_letter")
    .select("message")
    .where("reason", "=", "absurd_time")
    .execute();
  expect(letters).toMatchObject([{ message: expect.stringContaining("more than 300 s after") as string }]);
});

test("definitions that are not there are a mistake in the configuration: exit code 2", async () => {
  const service = stack().start("ingest-jobs", { INGEST_CLUSTER_DEFINITIONS: "/nonexistent/cluster.json" });
  expect(await service.exit).toBe(2);
  expect(service.stderr.join("\n")).toContain("/nonexistent/cluster.json");
});
