import { fileURLToPath } from "node:url";
import { sql } from "kysely";
import { beforeEach, describe, expect, test } from "vitest";
import { useApi } from "./testing/api.js";
import { T, nodesBody, startBody, stopBody } from "./testing/bodies.js";

const api = useApi();
const START = "/api/jobs/start_job/";
const STOP = "/api/jobs/stop_job/";
const NODES = "/api/nodestate/";

beforeEach(async () => {
  await sql`TRUNCATE job, parked_stop, dead_letter, node, node_state, node_state_change, nodes_per_state_delta RESTART IDENTITY CASCADE`.execute(
    api().db,
  );
});

/** How many rows each table has: refused requests must leave none. */
async function rows(): Promise<Record<string, number>> {
  const found = await sql<Record<string, number>>`SELECT (SELECT count(*)::integer FROM job) AS job,
    (SELECT count(*)::integer FROM parked_stop) AS parked_stop, (SELECT count(*)::integer FROM dead_letter) AS dead_letter,
    (SELECT count(*)::integer FROM node) AS node`.execute(api().db);
  return found.rows[0] ?? {};
}

const nothing = { job: 0, parked_stop: 0, dead_letter: 0, node: 0 };
const refused = (code: number, status: string, error: string) => ({
  code,
  body: { status, error: expect.stringContaining(error) },
});

test.each(["POST", "PUT"] as const)("a job starts and stops by %s", async (method) => {
  const started = await api().post(START, startBody(1), method);
  expect(started).toEqual({ code: 201, body: { msg: "success" } });
  const stopped = await api().post(STOP, stopBody(1), method);
  expect(stopped).toMatchObject({
    code: 200,
    body: {
      jobId: 1,
      cluster: "fritz",
      jobState: "completed",
      startTime: T,
      stopTime: T + 3_600,
      duration: 3_600,
      metaData: startBody(1).metaData,
      resources: startBody(1).resources,
    },
  });
  expect(await rows()).toEqual({ ...nothing, job: 1 });
});

describe("start_job refuses", () => {
  test.each([
    ["what is no JSON", "{", "json"],
    ["an empty body", "", "json"],
    ["a key that nobody knows", startBody(1, { numNode: 1 }), "numNode"],
    ["a job without a user", startBody(1, { user: "" }), "user"],
    ["fewer resources than nodes", startBody(1, { numNodes: 2 }), "numNodes"],
    ["a number as text", startBody(1, { walltime: "5" }), "walltime"],
  ])("%s with 400, and stores nothing", async (_, body, where) => {
    expect(await api().post(START, body)).toEqual(refused(400, "Bad Request", where));
    expect(await rows()).toEqual(nothing);
  });

  test("what is not UTF-8 with 400", async () => {
    expect(await api().post(START, Uint8Array.of(0x7b, 0xff, 0x7d))).toEqual(
      refused(400, "Bad Request", "UTF-8"),
    );
  });

  test("the same run again with 422, whatever else it says", async () => {
    await api().post(START, startBody(1));
    const again = await api().post(START, startBody(1, { project: "other" }));
    expect(again).toEqual(refused(422, "Unprocessable Entity", "stored already"));
    expect(await rows()).toEqual({ ...nothing, job: 1 });
  });
});

test("of racing starts of one run one is stored, and all others are told", async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => api().post(START, startBody(7))));
  expect(answers.map(({ code }) => code).toSorted((a, b) => a - b)).toEqual([
    201,
    ...Array.from({ length: 7 }, () => 422),
  ]);
  expect(await rows()).toEqual({ ...nothing, job: 1 });
});

describe("stop_job refuses", () => {
  test("a job that has not started with 404, and keeps no stop of it", async () => {
    expect(await api().post(STOP, stopBody(9))).toEqual(refused(404, "Not Found", "no such job"));
    expect(await rows()).toEqual(nothing);
  });

  test.each([
    ["another number", {}, 10],
    ["another cluster", { cluster: "alex" }, 9],
    ["another run", { startTime: T + 1 }, 9],
  ])("what only %s fits with 404", async (_, more, jobId) => {
    await api().post(START, startBody(9, { startTime: T + 10_000 }));
    expect(await api().post(STOP, stopBody(jobId, more))).toEqual(refused(404, "Not Found", "no such job"));
    expect(await rows()).toEqual({ ...nothing, job: 1 });
  });

  test.each([
    ["its cluster", stopBody(9)],
    ["no cluster", { jobId: 9, stopTime: T + 3_600 }],
  ])(
    "a running job's stop before its start with 400, named with %s, and the job runs on",
    async (_, stop) => {
      await api().post(START, startBody(9, { startTime: T + 10_000 }));
      expect(await api().post(STOP, stop)).toEqual(
        refused(400, "Bad Request", `stopTime ${T + 3_600} is before the job's start at ${T + 10_000}`),
      );
      expect(await rows()).toEqual({ ...nothing, job: 1 });
      expect(await api().get("/api/jobs/?job-id=9")).toMatchObject({
        body: { jobs: [{ jobState: "running" }] },
      });
    },
  );

  test("a stop before the start of a job that has been stopped with 404: nothing runs", async () => {
    await api().post(START, startBody(9));
    await api().post(STOP, stopBody(9));
    expect(await api().post(STOP, stopBody(9, { stopTime: T - 1 }))).toEqual(
      refused(404, "Not Found", "no such job"),
    );
  });

  test("a job that has been stopped with 422, and keeps what was first said", async () => {
    await api().post(START, startBody(1));
    await api().post(STOP, stopBody(1));
    for (const body of [stopBody(1), stopBody(1, { stopTime: T + 4_000, jobState: "failed" })])
      expect(await api().post(STOP, body)).toEqual(refused(422, "Unprocessable Entity", "stopped already"));
    expect(await rows()).toEqual({ ...nothing, job: 1 });
  });

  test.each([
    ["a job without number", { stopTime: T }, "jobId"],
    ["a job without stopTime", { jobId: 1, cluster: "fritz" }, "stopTime"],
    ["a stop before its start", stopBody(1, { startTime: T, stopTime: T - 1 }), "stopTime"],
    ["a state that there is not", stopBody(1, { jobState: "gone" }), "jobState"],
  ])("%s with 400", async (_, body, where) => {
    expect(await api().post(STOP, body)).toEqual(refused(400, "Bad Request", where));
    expect(await rows()).toEqual(nothing);
  });
});

test("a stop without cluster and start time ends the last run of its number", async () => {
  await api().post(START, startBody(1));
  await api().post(START, startBody(1, { startTime: T + 600 }));
  expect(await api().post(STOP, { jobId: 1, stopTime: T + 700 })).toMatchObject({
    code: 200,
    body: { startTime: T + 600, duration: 100, jobState: "completed" },
  });
});

describe("nodestate", () => {
  test.each(["POST", "PUT"] as const)("%s stores Slurm's states, and what they come to", async (method) => {
    const body = nodesBody({ f0101: ["IDLE", "DRAIN"], f0102: ["DOWN"] });
    expect(await api().post(NODES, body, method)).toEqual({ code: 200, body: { msg: "success" } });
    expect(await api().get("/api/nodes/?cluster=fritz")).toMatchObject({
      code: 200,
      body: {
        nodes: [
          { hostname: "f0101", states: ["IDLE", "DRAIN"], nodeState: "idle", memoryAllocated: 128_000 },
          { hostname: "f0102", states: ["DOWN"], nodeState: "down" },
        ],
      },
    });
  });

  test("takes what is known already: of reports in one instant one is stored, and all are answered with 200", async () => {
    const body = nodesBody({ f0101: ["IDLE"] });
    const answers = await Promise.all(Array.from({ length: 32 }, () => api().post(NODES, body)));
    expect(new Set(answers.map(({ code }) => code))).toEqual(new Set([200]));
    expect(await rows()).toEqual({ ...nothing, node: 1 });
  });

  test.each([
    ["no cluster", { nodes: [] }, "cluster"],
    ["no node", { cluster: "fritz", nodes: [] }, "nodes"],
    ["nothing of nodes", { cluster: "fritz" }, "nodes"],
    ["a node without a name", { cluster: "fritz", nodes: [{ states: ["IDLE"] }] }, "hostname"],
  ])("refuses %s with 400, and stores nothing", async (_, body, where) => {
    expect(await api().post(NODES, body)).toEqual(refused(400, "Bad Request", where));
    expect(await rows()).toEqual(nothing);
  });
});

describe("with little room for bodies", () => {
  const MOST = 1_024;
  const small = useApi({ INGEST_WEB_MAX_BODY_BYTES: String(MOST) });

  test.each([
    ["POST", START],
    ["PUT", START],
    ["POST", STOP],
    ["PUT", STOP],
    ["POST", NODES],
    ["PUT", NODES],
  ] as const)("%s %s of a byte too many is 413", async (method, path) => {
    expect(await small().post(path, " ".repeat(MOST + 1), method)).toEqual(
      refused(413, "Payload Too Large", "ingest.web.max-body-bytes"),
    );
    expect((await small().post(path, " ".repeat(MOST), method)).code).toBe(400);
  });
});

describe("with a duplicate window", () => {
  const strict = useApi({ INGEST_DUPLICATE_WINDOW_SECONDS: "86400" });

  test("another run within it is refused with 422, as cc-backend does", async () => {
    expect((await strict().post(START, startBody(1))).code).toBe(201);
    expect(await strict().post(START, startBody(1, { startTime: T + 600 }))).toEqual(
      refused(422, "Unprocessable Entity", "duplicate-window-seconds"),
    );
    expect((await strict().post(START, startBody(1, { startTime: T + 90_000 }))).code).toBe(201);
    expect(await strict().db.selectFrom("dead_letter").select("id").execute()).toEqual([]);
  });
});

describe("with cluster definitions", () => {
  const defined = useApi({
    INGEST_CLUSTER_DEFINITIONS: fileURLToPath(
      new URL("../../../packages/config/fixtures/clusters", import.meta.url),
    ),
  });

  test("the subcluster comes from the first host, and unknown places are refused with 400", async () => {
    expect((await defined().post(START, startBody(1))).code).toBe(201);
    expect(await defined().get("/api/jobs/?job-id=1")).toMatchObject({
      body: { jobs: [{ subCluster: "main" }] },
    });
    expect(await defined().post(START, startBody(2, { cluster: "elsewhere" }))).toEqual(
      refused(400, "Bad Request", "unknown_cluster"),
    );
    expect(await defined().post(NODES, nodesBody({ x1: ["IDLE"] }))).toEqual(
      refused(400, "Bad Request", "host_in_no_subcluster"),
    );
    expect(await defined().db.selectFrom("dead_letter").select("id").execute()).toEqual([]);
  });

  test("of a report with unlisted hosts the listed ones are stored, and a dead letter names the others", async () => {
    expect((await defined().post(NODES, nodesBody({ f0101: ["IDLE"], x1: ["IDLE"] }))).code).toBe(200);
    expect(await defined().get("/api/nodes/")).toMatchObject({
      body: { nodes: [{ hostname: "f0101", subCluster: "main", cpusTotal: 72 }], items: 1 },
    });
    expect(await defined().db.selectFrom("dead_letter").select(["reason", "stream"]).execute()).toEqual([
      { reason: "host_in_no_subcluster", stream: "rest-api" },
    ]);
  });

  test("clusters are told as they are defined", async () => {
    const { body } = await defined().get("/api/clusters/?cluster=fritz");
    expect(body).toMatchObject({
      clusters: [{ name: "fritz", subClusters: [{ name: "main", hwthreadsPerNode: 72 }, {}] }],
    });
    expect(await defined().get("/api/clusters/?cluster=none")).toEqual(
      refused(404, "Not Found", "there is no cluster none"),
    );
  });
});
