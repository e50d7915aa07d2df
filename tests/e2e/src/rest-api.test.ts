import { TokenIssuer } from "@cc-ingest/web/testing";
import { startOtlpReceiver } from "@cc-ingest/telemetry/testing";
import { decodeMessage } from "@cc-ingest/protocol";
import { describe, expect, test } from "vitest";
import { nodes, startRestApi } from "./testing/rest-api.js";
import { NODES, useStack } from "./testing/stack.js";

const stack = useStack();
const restApi = (env = {}) => startRestApi(stack(), env);

test("posted node states go over the stream and become rows", async () => {
  const { db, jsm, running, drained } = stack();
  await running("ingest-nodestate");
  const before = (await jsm.streams.info("CC_NODE")).state.messages;
  const { post, url } = await restApi({ DATABASE_URL: stack().readerUrl });
  expect(await post("/api/nodestate/", nodes("f0101", "f0102"))).toEqual({
    code: 200,
    body: { msg: "success" },
  });
  expect((await jsm.streams.info("CC_NODE")).state.messages).toBe(before + 1);
  await drained("ingest-nodestate");
  const rows = await db
    .selectFrom("node")
    .select(["hostname", "node_state", "states", "jobs_running"])
    .orderBy("hostname")
    .execute();
  expect(rows).toEqual(
    ["f0101", "f0102"].map((hostname) => ({
      hostname,
      node_state: "mixed",
      states: ["MIXED", "DRAIN"],
      jobs_running: 2,
    })),
  );
  const shown = await fetch(`${url}/api/nodes/?state=mixed&raw-state=drain`);
  expect(await shown.json()).toMatchObject({
    items: 2,
    nodes: [{ hostname: "f0101" }, { hostname: "f0102" }],
  });
});

test("a message carries its id and the trace of its request", async () => {
  const { nats } = stack();
  await using collector = await startOtlpReceiver();
  const { post } = await restApi({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    OTEL_BSP_SCHEDULE_DELAY: "100",
  });
  const subscription = nats.subscribe(NODES, { max: 1 });
  await nats.flush();
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
  expect((await post("/api/nodestate/", nodes("f0101"), { traceparent })).code).toBe(200);
  for await (const message of subscription) {
    expect(message.headers?.get("Nats-Msg-Id")).toMatch(/^[0-9a-f-]{36}-0$/);
    expect(message.headers?.get("traceparent")).toContain(`00-${traceId}-`);
    expect([...decodeMessage(message.data, { streamTime: 1_760_000_000_000_000_000n })]).toMatchObject([
      { kind: "nodestate", nodes: { cluster: "fritz", nodes: [{ hostname: "f0101" }] } },
    ]);
  }
  const spans = await collector.waitFor(
    (all) => all.some(({ name }) => name === "POST /api/nodestate/"),
    60_000,
  );
  expect(spans.filter((span) => span.traceId === traceId).map(({ name }) => name)).toEqual(
    expect.arrayContaining(["POST /api/nodestate/", `send ${NODES}`]),
  );
});

test("what is larger than the broker takes goes in parts, and all of it arrives", async () => {
  const { db, running, drained } = stack();
  await running("ingest-nodestate");
  const { post } = await restApi();
  const hostnames = Array.from({ length: 9_216 }, (_, i) => `n${String(i).padStart(5, "0")}`);
  const body = { ...nodes(...hostnames), cluster: "large" };
  expect(JSON.stringify(body).length).toBeGreaterThan(1_048_576);
  expect((await post("/api/nodestate/", body)).code).toBe(200);
  await drained("ingest-nodestate");
  const { count } = await db
    .selectFrom("node")
    .select((query) => query.fn.countAll<bigint>().as("count"))
    .where("cluster", "=", "large")
    .executeTakeFirstOrThrow();
  expect(Number(count)).toBe(9_216);
});

test("with subjects start_job and stop_job are closed, and say where jobs go", async () => {
  const { db } = stack();
  const { send } = await restApi();
  for (const path of [
    "/api/jobs/start_job/",
    "/api/jobs/stop_job/",
    "/api/jobs/start_job",
    "/api/jobs/stop_job",
  ])
    for (const method of ["POST", "PUT"] as const)
      expect([method, path, await send(method, path, { jobId: 1 })]).toEqual([
        method,
        path,
        {
          code: 404,
          body: {
            status: "Not Found",
            error: expect.stringContaining("publish to the subject cc.job.event"),
            subject: "cc.job.event",
          },
        },
      ]);
  expect(await db.selectFrom("job").select("id").execute()).toEqual([]);
});

describe("tokens", () => {
  const issuer = new TokenIssuer();

  test("beyond loopback it does not start without their key: exit code 2, and what to set", async () => {
    const service = stack().start("rest-api", { INGEST_REST_API_HTTP_HOST: "0.0.0.0" });
    expect(await service.exit).toBe(2);
    const output = service.stderr.join("\n");
    expect(output).toMatch(/INGEST_REST_API_HTTP_HOST: "0\.0\.0\.0" lets others in.*JWT_PUBLIC_KEY/);
    expect(output).not.toMatch(/^\s+at /m);
  });

  test("with it, reading and writing take a role, in either header", async () => {
    const { url, post } = await restApi({
      INGEST_REST_API_HTTP_HOST: "0.0.0.0",
      JWT_PUBLIC_KEY: issuer.publicKey,
    });
    const here = url.replace("0.0.0.0", "127.0.0.1");
    const code = async (headers: Record<string, string>) =>
      (await fetch(`${here}/api/jobs/`, { headers })).status;
    const api = await issuer.token(["api"]);
    const support = await issuer.token(["support"]);
    expect(await code({})).toBe(401);
    expect(await code({ "X-Auth-Token": api })).toBe(200);
    expect(await code({ Authorization: `Bearer ${support}` })).toBe(200);
    expect(await code({ "X-Auth-Token": await issuer.token(["user"]) })).toBe(403);
    expect(await code({ "X-Auth-Token": await issuer.token(["api"], { expires: "-1m" }) })).toBe(401);
    expect(await code({ "X-Auth-Token": await new TokenIssuer().token(["api"]) })).toBe(401);
    expect((await post("/api/nodestate/", nodes("f0101"), { "X-Auth-Token": support })).code).toBe(403);
    expect((await post("/api/nodestate/", nodes("f0101"))).code).toBe(401);
    expect((await post("/api/nodestate/", nodes("f0101"), { "X-Auth-Token": api })).code).toBe(200);
    expect((await fetch(`${here}/readyz`)).status).toBe(200);
  });
});

test("SIGTERM ends it with 0", async () => {
  const service = await stack().running("rest-api");
  service.kill("SIGTERM");
  expect(await service.exit).toBe(0);
});
