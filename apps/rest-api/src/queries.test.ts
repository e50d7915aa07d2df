import { beforeAll, describe, expect, test, vi } from "vitest";
import { useApi } from "./testing/api.js";
import { T, nodesBody, startBody, stopBody } from "./testing/bodies.js";

const api = useApi();

beforeAll(async () => {
  for (let i = 1; i <= 9; i++) {
    const cluster = i % 3 === 0 ? "alex" : "fritz";
    await api().post(
      "/api/jobs/start_job/",
      startBody(i, { cluster, project: `p${i % 2}`, startTime: T + i * 10, user: i === 5 ? "anna" : "bert" }),
    );
    if (i % 2 === 0)
      await api().post(
        "/api/jobs/stop_job/",
        stopBody(i, { cluster, jobState: i === 4 ? "failed" : "completed" }),
      );
  }
  await api().post("/api/nodestate/", nodesBody({ f0101: ["IDLE", "DRAIN"], f0102: ["ALLOCATED"] }));
  await api().post("/api/nodestate/", nodesBody({ a0101: ["DOWN"] }, "alex"));
});

interface List {
  readonly jobs: readonly { readonly jobId: number; readonly id: number; readonly duration: number }[];
  readonly items: number;
  readonly page: number | null;
  readonly next: string | null;
}

async function list(query: string): Promise<List> {
  const { code, body } = await api().get(`/api/jobs/${query}`);
  expect([query, code]).toEqual([query, 200]);
  return body as List;
}
const numbers = async (query: string) => (await list(query)).jobs.map(({ jobId }) => jobId);

test.each([
  ["", [9, 8, 7, 6, 5, 4, 3, 2, 1]],
  ["?state=running", [9, 7, 5, 3, 1]],
  ["?state=failed&state=completed", [8, 6, 4, 2]],
  ["?cluster=alex", [9, 6, 3]],
  ["?project=p1&cluster=fritz", [7, 5, 1]],
  ["?user=anna", [5]],
  ["?job-id=4", [4]],
  [`?start-time=${T + 20}-${T + 40}`, [4, 3, 2]],
  ["?cluster=none", []],
  ["?items-per-page=2&page=2", [7, 6]],
])("GET /api/jobs/%s", async (query, expected) => {
  expect(await numbers(query)).toEqual(expected);
});

test("pages by number and by place lead through all jobs", async () => {
  const found: number[] = [];
  let query = "?items-per-page=4";
  for (;;) {
    const { jobs, items, next } = await list(query);
    expect(items).toBe(jobs.length);
    found.push(...jobs.map(({ jobId }) => jobId));
    if (next === null) break;
    query = `?items-per-page=4&after=${next}`;
  }
  expect(found).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
  expect(await list("?items-per-page=9")).toMatchObject({ page: 1, items: 9, next: null });
  expect(await list("?items-per-page=4&page=3")).toMatchObject({ page: 3, items: 1, next: null });
});

describe("pages", () => {
  const own = useApi();

  test("have 25 jobs when nobody says how many", async () => {
    for (let i = 1; i <= 26; i++)
      await own().post("/api/jobs/start_job/", startBody(i, { startTime: T + i }));
    const { body: first } = await own().get("/api/jobs/");
    expect(first).toMatchObject({ items: 25, page: 1, next: expect.any(String) });
    const { next } = first as List;
    const { body: last } = await own().get(`/api/jobs/?after=${next}`);
    expect(last).toMatchObject({ jobs: [{ jobId: 1 }], items: 1, next: null });
  });

  test("lead through a node's reports, each from the next of the one before", async () => {
    const second = () => Math.floor(Date.now() / 1_000);
    const from = second();
    const report = (state: string) => own().post("/api/nodestate/", nodesBody({ h0101: [state] }, "paged"));
    await report("IDLE");
    const reported = second();
    // Of two reports in one second the later one stands.
    await vi.waitUntil(() => second() > reported, { timeout: 10_000, interval: 10 });
    await report("MIXED");
    const page = async (begin: number) => {
      const query = `from=${begin}&to=${from + 600}&items-per-page=1`;
      const { body } = await own().get(`/api/nodes/paged/h0101/states?${query}`);
      return body as { readonly next: number | null };
    };
    const first = await page(from);
    expect(first).toMatchObject({ states: [{ nodeState: "idle" }], items: 1, next: expect.any(Number) });
    expect(await page(first.next ?? 0)).toMatchObject({
      states: [{ nodeState: "mixed", timeStamp: first.next }],
      items: 1,
      next: null,
    });
  });
});

test("a running job has lasted until now; metadata comes when it is asked for", async () => {
  const [job] = (await list("?job-id=1")).jobs;
  expect(job?.duration).toBeGreaterThan(Date.now() / 1_000 - T - 100);
  expect(job).toMatchObject({ metaData: null, stopTime: null });
  expect((await list("?job-id=1&with-metadata=true")).jobs[0]).toMatchObject({
    metaData: { jobName: "lbm" },
  });
});

test("the path works without its last slash", async () => {
  expect((await api().get("/api/jobs?job-id=1")).code).toBe(200);
});

test("a job is found by its row", async () => {
  const [job] = (await list("?job-id=4")).jobs;
  expect(await api().get(`/api/jobs/${job?.id}`)).toMatchObject({
    code: 200,
    body: { Meta: { jobId: 4, jobState: "failed", duration: T + 3_600 - (T + 40) }, Data: null },
  });
  expect(await api().get("/api/jobs/999999")).toMatchObject({
    code: 404,
    body: { error: expect.stringContaining("/api/jobs/?job-id=999999") },
  });
});

test("used nodes are those of running jobs that started before", async () => {
  expect(await api().get(`/api/jobs/used_nodes?ts=${T + 35}`)).toEqual({
    code: 200,
    body: { usedNodes: { alex: ["f0720"], fritz: ["f0720"] } },
  });
  expect(await api().get(`/api/jobs/used_nodes?ts=${T + 15}`)).toMatchObject({
    body: { usedNodes: { fritz: ["f0720"] } },
  });
});

test("clusters without definitions are those that were reported of", async () => {
  expect(await api().get("/api/clusters/")).toEqual({
    code: 200,
    body: {
      clusters: [
        { name: "alex", subClusters: [] },
        { name: "fritz", subClusters: [] },
      ],
    },
  });
});

describe("nodes", () => {
  const hosts = async (query: string) => {
    const { body } = await api().get(`/api/nodes/${query}`);
    const { nodes } = body as { nodes: readonly { cluster: string; hostname: string }[] };
    return nodes.map(({ cluster, hostname }) => `${cluster}/${hostname}`);
  };

  test.each([
    ["", ["alex/a0101", "fritz/f0101", "fritz/f0102"]],
    ["?cluster=fritz&state=idle&state=down", ["fritz/f0101"]],
    ["?raw-state=drain", ["fritz/f0101"]],
    ["?hostname=a0101", ["alex/a0101"]],
    ["?subcluster=none", []],
  ])("GET /api/nodes/%s", async (query, expected) => {
    expect(await hosts(query)).toEqual(expected);
  });

  test("come in pages", async () => {
    const { body } = await api().get("/api/nodes/?items-per-page=2");
    const { next } = body as { next: string };
    expect(await hosts(`?items-per-page=2&after=${encodeURIComponent(next)}`)).toEqual(["fritz/f0102"]);
  });

  test("tell what they reported in a time", async () => {
    const now = Math.floor(Date.now() / 1_000);
    const path = "/api/nodes/fritz/f0101/states";
    expect(await api().get(`${path}?from=${now - 600}&to=${now + 600}`)).toMatchObject({
      code: 200,
      body: {
        cluster: "fritz",
        hostname: "f0101",
        states: [{ nodeState: "idle", states: ["IDLE", "DRAIN"] }],
        next: null,
      },
    });
    expect(await api().get(`${path}?from=0&to=1`)).toMatchObject({
      code: 200,
      body: { states: [], items: 0 },
    });
    expect(await api().get("/api/nodes/fritz/none/states?from=0&to=1")).toMatchObject({ code: 404 });
  });
});

test.each([
  ["/api/jobs/?stat=running", "unknown parameter stat; known here: state, cluster"],
  ["/api/jobs/?state=gone", "the parameter state"],
  ["/api/jobs/?cluster=a&cluster=b", "the parameter cluster stands 2 times"],
  ["/api/jobs/?items-per-page=0", "the parameter items-per-page"],
  ["/api/jobs/?items-per-page=ten", "the parameter items-per-page"],
  ["/api/jobs/?page=-1", "the parameter page"],
  ["/api/jobs/?start-time=yesterday", "the parameter start-time"],
  ["/api/jobs/?page=2&after=1.1", "page and after"],
  ["/api/jobs/?page=5000", "page with after"],
  ["/api/jobs/?after=x", "the parameter after"],
  ["/api/jobs/?with-metadata=maybe", "the parameter with-metadata"],
  ["/api/jobs/?__proto__=1", "unknown parameter __proto__"],
  ["/api/jobs/abc", "the parameter id"],
  ["/api/jobs/1?all-metrics=true", "unknown parameter all-metrics; there are none here"],
  ["/api/jobs/used_nodes", "a parameter is missing: ts"],
  ["/api/jobs/used_nodes?ts=now", "the parameter ts"],
  ["/api/clusters/?name=x", "unknown parameter name"],
  ["/api/nodes/?state=drain", "the parameter state"],
  ["/api/nodes/?after=x", "the parameter after"],
  ["/api/nodes/fritz/f0101/states?from=1", "a parameter is missing"],
  ["/api/nodes/fritz/f0101/states?from=2&to=1", "must be greater than from"],
])("GET %s is refused with 400 and says why", async (path, why) => {
  const answered = await api().get(path);
  expect(answered).toEqual({
    code: 400,
    body: { status: "Bad Request", error: expect.stringContaining(why) },
  });
});
