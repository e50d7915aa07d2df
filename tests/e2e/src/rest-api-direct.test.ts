import { startTcpProxy } from "@cc-ingest/devstack";
import { beforeEach, expect, test, vi } from "vitest";
import { directly, nodes, startRestApi } from "./testing/rest-api.js";
import { until } from "./testing/service-process.js";
import { useStack } from "./testing/stack.js";

const stack = useStack();
const restApi = (env: Readonly<Record<string, string>>) => startRestApi(stack(), env);

beforeEach(async () => {
  await stack().db.deleteFrom("job").execute();
});

const startOf = (jobId: number) => ({
  jobId,
  cluster: "direct",
  user: "anna",
  numNodes: 1,
  resources: [{ hostname: "d01" }],
  startTime: 1_760_000_000,
});

test("without subjects it needs no broker, and applies what is posted at once", async () => {
  const { post, url } = await restApi(directly);
  const start = startOf(77);
  expect(await post("/api/jobs/start_job/", start)).toEqual({ code: 201, body: { msg: "success" } });
  expect((await post("/api/jobs/start_job/", start)).code).toBe(422);
  const stop = { jobId: 77, cluster: "direct", stopTime: 1_760_000_600 };
  expect(await post("/api/jobs/stop_job/", { ...stop, jobId: 78 })).toMatchObject({ code: 404 });
  expect(await post("/api/jobs/stop_job/", { jobId: 77 })).toMatchObject({ code: 400 });
  expect(await post("/api/jobs/stop_job/", stop)).toMatchObject({
    code: 200,
    body: { jobId: 77, duration: 600, jobState: "completed" },
  });
  expect((await post("/api/jobs/stop_job/", stop)).code).toBe(422);
  expect((await post("/api/nodestate/", { ...nodes("d01"), cluster: "direct" })).code).toBe(200);
  const listed = await fetch(`${url}/api/jobs/?cluster=direct`);
  expect(await listed.json()).toMatchObject({ items: 1, jobs: [{ jobId: 77, subCluster: "" }] });
});

test("while the database is away nothing is claimed to be stored, and afterwards what was acknowledged is there", async () => {
  const { db, env } = stack();
  const address = new URL(env["DATABASE_URL"] ?? "");
  await using proxy = await startTcpProxy(Number(address.port));
  address.port = String(proxy.port);
  const { post } = await restApi({ ...directly, DATABASE_URL: address.href });
  const acknowledged = { jobs: [] as bigint[], nodes: [] as string[] };
  const codes = async (number: number) => {
    const started = await post("/api/jobs/start_job/", startOf(number));
    const reported = await post("/api/nodestate/", { ...nodes(`a${number}`), cluster: "away" });
    if (started.code === 201) acknowledged.jobs.push(BigInt(number));
    if (reported.code === 200) acknowledged.nodes.push(`a${number}`);
    return [started.code, reported.code];
  };
  expect(await codes(1)).toEqual([201, 200]);
  proxy.cut();
  expect(await codes(2)).toEqual([503, 503]);
  proxy.restore();
  // Each time something else: while connections come back one of the two may be refused, and must not be there then.
  let back = 3;
  await vi.waitFor(async () => {
    back += 1;
    expect(await codes(back)).toEqual([201, 200]);
  }, until);
  const jobs = await db.selectFrom("job").select("job_id").orderBy("job_id").execute();
  expect(jobs.map(({ job_id }) => job_id)).toEqual(acknowledged.jobs);
  const reported = await db
    .selectFrom("node")
    .select("hostname")
    .where("cluster", "=", "away")
    .orderBy("id")
    .execute();
  expect(reported.map(({ hostname }) => hostname)).toEqual(acknowledged.nodes);
});
