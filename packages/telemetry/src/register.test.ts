import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { startPostgres, type PostgresServer } from "@cc-ingest/devstack";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from "./otlp-receiver/index.js";
import { runNode, type FinishedProcess } from "./testing/run-node.js";

const timeout = 60_000;
const tracedProcess = fileURLToPath(new URL("./testing/traced-process.ts", import.meta.url));
let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
}, timeout);
afterAll(async () => {
  await postgres[Symbol.asyncDispose]();
}, timeout);

/** Exactly as the documentation tells an app to be started. */
function runTraced(env: Readonly<Record<string, string>>): Promise<FinishedProcess> {
  return runNode(["--import", "@cc-ingest/telemetry/register", tracedProcess], {
    DATABASE_URL: postgres.url,
    ...env,
  });
}

async function spansOf(
  receiver: OtlpReceiver,
  env: Readonly<Record<string, string>> = {},
): Promise<readonly ReceivedSpan[]> {
  const { code, stderr } = await runTraced({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint, ...env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return receiver.spans;
}

const named = (spans: readonly ReceivedSpan[], start: string): readonly ReceivedSpan[] =>
  spans.filter(({ name }) => name.startsWith(start));
const only = (spans: readonly ReceivedSpan[], start: string): ReceivedSpan => {
  const [span, ...others] = named(spans, start);
  if (span === undefined || others.length > 0) throw new Error(`not one span ${start}: ${others.length}`);
  return span;
};

describe("a process started with --import @cc-ingest/telemetry/register", { timeout }, () => {
  it("sends one trace from publish to the SQL's COMMIT over OTLP", async () => {
    await using receiver = await startOtlpReceiver();
    const spans = await spansOf(receiver);
    const publish = only(spans, "publish cc.job.event");
    const batch = only(spans, "process cc.job.event");
    expect(batch).toMatchObject({
      kind: "consumer",
      traceId: publish.traceId,
      parentSpanId: publish.spanId,
      links: [{ traceId: publish.traceId, spanId: publish.spanId }],
    });
    for (const statement of ["BEGIN", "SELECT", "COMMIT"])
      expect(only(spans, `pg.query:${statement}`)).toMatchObject({
        kind: "client",
        traceId: publish.traceId,
        parentSpanId: batch.spanId,
      });
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  });

  it("writes the trace id into each log line of the batch", async () => {
    await using receiver = await startOtlpReceiver();
    const { stdout } = await runTraced({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint });
    const batch = only(receiver.spans, "process");
    expect(JSON.parse(stdout)).toMatchObject({
      msg: "committed",
      service: "traced-process",
      trace_id: batch.traceId,
      span_id: batch.spanId,
    });
  });

  it("keeps all links of a batch with more than 128 messages", async () => {
    await using receiver = await startOtlpReceiver();
    const spans = await spansOf(receiver, { TRACED_MESSAGES: "300", TRACED_SPANS: "each" });
    const sent = new Set(named(spans, "publish").map(({ spanId }) => spanId));
    const batch = named(spans, "process").find(({ links }) => links.length > 1);
    expect(sent.size).toBe(300);
    expect(new Set(batch?.links.map(({ spanId }) => spanId))).toEqual(sent);
  });

  it("never sends the values of a statement", async () => {
    await using receiver = await startOtlpReceiver();
    const spans = await spansOf(receiver);
    expect(only(spans, "pg.query:SELECT").attributes["db.query.text"]).toBe("select $1::text");
    expect(
      JSON.stringify(spans, (_, value: unknown) => (typeof value === "bigint" ? "" : value)),
    ).not.toMatch(/a secret value/);
  });

  it("tells who it is: package, version, instance", async () => {
    await using receiver = await startOtlpReceiver();
    const [first] = await spansOf(receiver, { OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=test" });
    expect(first?.resource).toMatchObject({
      "service.name": "telemetry",
      "service.version": "0.1.0",
      "service.namespace": "cc-ingest",
      "service.instance.id": expect.stringMatching(/^[0-9a-f-]{36}$/),
      "deployment.environment.name": "test",
    });
    expect(Object.keys(first?.resource ?? {})).not.toContain("process.command_args");
  });

  it("takes name, headers, limits and sampler from the standard variables", async () => {
    await using receiver = await startOtlpReceiver();
    const spans = await spansOf(receiver, {
      OTEL_SERVICE_NAME: "ingest-jobs",
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20abc",
      OTEL_SPAN_LINK_COUNT_LIMIT: "2",
      TRACED_MESSAGES: "5",
      TRACED_SPANS: "each",
    });
    expect(spans[0]?.resource["service.name"]).toBe("ingest-jobs");
    expect(receiver.lastHeaders?.authorization).toBe("Bearer abc");
    expect(Math.max(...spans.map(({ links }) => links.length))).toBe(2);

    await using silent = await startOtlpReceiver();
    expect(await spansOf(silent, { OTEL_TRACES_SAMPLER: "always_off" })).toEqual([]);
  });

  it("marks the batch as failed, with the error, when its SQL fails", async () => {
    await using receiver = await startOtlpReceiver();
    const spans = await spansOf(receiver, { TRACED_FAIL: "1" });
    const batch = only(spans, "process");
    expect(batch.status).toEqual({ code: "error", message: "division by zero" });
    expect(batch.events).toMatchObject([{ name: "exception" }]);
  });

  it("sends what is left when the process ends without shutdownTelemetry", async () => {
    await using receiver = await startOtlpReceiver();
    expect(named(await spansOf(receiver, { TRACED_END: "exit" }), "process")).toHaveLength(1);
  });

  it.each([
    ["no endpoint", {}],
    ["OTEL_SDK_DISABLED", { OTEL_SDK_DISABLED: "true" }],
    ["OTEL_TRACES_EXPORTER=none", { OTEL_TRACES_EXPORTER: "none" }],
  ])("is off, and loads no SDK, with %s", async (why, env) => {
    await using receiver = await startOtlpReceiver();
    const endpoint = why === "no endpoint" ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint };
    const listLoaded =
      "data:text/javascript,import{registerHooks}from'node:module';" +
      "registerHooks({resolve(s,c,n){const r=n(s,c);process.stderr.write(r.url+'\\n');return r}})";
    const { code, stdout, stderr } = await runNode(
      ["--import", listLoaded, "--import", "@cc-ingest/telemetry/register", tracedProcess],
      { DATABASE_URL: postgres.url, ...endpoint, ...env },
    );
    expect(code).toBe(0);
    expect(stdout).toContain("committed");
    expect(stdout).not.toContain("trace_id");
    expect(stderr).toContain("register.js");
    expect(stderr).not.toMatch(/sdk-trace|instrumentation|otlp|start-sdk/);
    expect(receiver.spans).toEqual([]);
  });
});

describe("a collector in trouble never hurts the process", { timeout }, () => {
  /** What the process says of it; the work is done and the end is clean in any case. */
  async function complaintsAbout(endpoint: string): Promise<unknown[]> {
    const { code, stdout, stderr } = await runTraced({
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_TIMEOUT: "1500",
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout.trimEnd().split("\n");
    expect(stdout).toContain('"msg":"committed"');
    return lines
      .map((line) => JSON.parse(line) as { service: string; msg: string })
      .filter(({ service }) => service === "opentelemetry")
      .map(({ msg }) => msg);
  }

  it("when nothing listens there", async () => {
    expect(await complaintsAbout("http://127.0.0.1:9")).not.toEqual([]);
  });

  it("when it refuses the export", async () => {
    await using receiver = await startOtlpReceiver();
    expect(await complaintsAbout(`${receiver.endpoint}/no/such/path`)).not.toEqual([]);
  });

  it("when it takes the connection and never answers", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    try {
      expect(await complaintsAbout(`http://127.0.0.1:${address.port}`)).not.toEqual([]);
    } finally {
      server.close();
    }
  });

  it("when the endpoint is no address", async () => {
    const { code, stdout, stderr } = await runTraced({ OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318" });
    expect(code).toBe(0);
    expect(stdout).toContain("committed");
    expect(stderr).toMatch(/^OTEL_EXPORTER_OTLP_ENDPOINT: write it as http:\/\/.*\n$/);
  });
});
