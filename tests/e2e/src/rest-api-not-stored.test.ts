import { startNatsServer, startTcpProxy } from "@cc-ingest/devstack";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { definitionsOf } from "./testing/fixtures.js";
import { nodes, startRestApi } from "./testing/rest-api.js";
import { until } from "./testing/service-process.js";
import { NODES, useStack } from "./testing/stack.js";

const stack = useStack();
const restApi = (env = {}) => startRestApi(stack(), env);

beforeAll(async () => {
  await stack().jsm.streams.add({ name: "CC_NODE", subjects: [NODES, `${NODES}.*`] });
});

test.each([
  ["what can't be read", { cluster: "fritz", node: [] }, "node"],
  ["a report of no node", { cluster: "fritz", nodes: [] }, "nodes"],
])("%s is refused and does not reach the stream", async (_, body, why) => {
  const { jsm } = stack();
  const { post } = await restApi();
  const before = (await jsm.streams.info("CC_NODE")).state.last_seq;
  expect(await post("/api/nodestate/", body)).toMatchObject({
    code: 400,
    body: { error: expect.stringContaining(why) },
  });
  expect((await jsm.streams.info("CC_NODE")).state.last_seq).toBe(before);
});

describe("where the subject names the cluster", () => {
  const ofCluster = { SUBJECT_NODE_STATE: `${NODES}.*`, ...definitionsOf("fritz") };
  const lastSequence = async () => (await stack().jsm.streams.info("CC_NODE")).state.last_seq;

  test("a report goes to its cluster's subject", async () => {
    const { post } = await restApi(ofCluster);
    expect((await post("/api/nodestate/", nodes("f0101"))).code).toBe(200);
    const stored = await stack().jsm.streams.getMessage("CC_NODE", { seq: await lastSequence() });
    expect(stored?.subject).toBe(`${NODES}.fritz`);
    expect(stored?.string()).toContain("f0101");
  });

  test.each([
    ["a host in no node list", nodes("x1"), "host_in_no_subcluster"],
    ["a cluster without definition", { ...nodes("f0101"), cluster: "elsewhere" }, "unknown_cluster"],
    ["a cluster that can't be in the subject", { ...nodes("f0101"), cluster: "a.b" }, "it is no token"],
  ])("%s is refused and does not reach the stream", async (_, body, why) => {
    const { post } = await restApi(ofCluster);
    const before = await lastSequence();
    expect(await post("/api/nodestate/", body)).toMatchObject({
      code: 400,
      body: { error: expect.stringContaining(why) },
    });
    expect(await lastSequence()).toBe(before);
  });
});

describe("while the broker is away", () => {
  test("nothing is claimed to be stored, questions are answered, and afterwards all works again", async () => {
    const { broker, jsm } = stack();
    await using proxy = await startTcpProxy(broker.port);
    const { post, url } = await restApi({ NATS_URL: `nats://127.0.0.1:${proxy.port}` });
    expect((await post("/api/nodestate/", nodes("f0101"))).code).toBe(200);
    const before = (await jsm.streams.info("CC_NODE")).state.last_seq;
    proxy.cut();
    const away = await post("/api/nodestate/", nodes("f0101"));
    expect(away).toMatchObject({ code: 503, body: { status: "Service Unavailable" } });
    expect((await fetch(`${url}/api/nodes/`)).status).toBe(200);
    expect((await jsm.streams.info("CC_NODE")).state.last_seq).toBe(before);
    await vi.waitFor(async () => {
      const health = (await (await fetch(`${url}/readyz`)).json()) as { degraded: string[] };
      expect(health).toMatchObject({ status: "ok", degraded: ["the broker is not connected"] });
    }, until);
    proxy.restore();
    await vi.waitFor(async () => {
      expect((await post("/api/nodestate/", nodes("f0101"))).code).toBe(200);
    }, until);
  });

  test("a stream that is missing is no success either", async () => {
    await using bare = await startNatsServer();
    const { post } = await restApi({ NATS_URL: bare.url });
    expect(await post("/api/nodestate/", nodes("f0101"))).toMatchObject({
      code: 503,
      body: { error: expect.stringContaining("has not confirmed") },
    });
  });
});
