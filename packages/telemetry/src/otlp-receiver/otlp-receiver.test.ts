import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { describe, expect, it } from "vitest";
import { startOtlpReceiver } from "./index.js";
import { wireFields } from "./wire-reader.js";

it("decodes what the real exporter sends", async () => {
  await using receiver = await startOtlpReceiver();
  const exporter = new OTLPTraceExporter({ url: `${receiver.endpoint}/v1/traces` });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": "test" }),
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  });
  const link = { traceId: "ab".repeat(16), spanId: "cd".repeat(8), traceFlags: 1 };
  const span = provider.getTracer("scope").startSpan("größe", {
    kind: SpanKind.PRODUCER,
    links: [{ context: link, attributes: { sequence: 7 } }],
    startTime: 1_760_000_000_000,
    attributes: {
      text: "ü\u0000",
      integer: -42,
      large: 2 ** 53 - 1,
      double: -0.25,
      yes: true,
      no: false,
      list: ["a", "b"],
      empty: "",
    },
  });
  span.addEvent("rejected", { line: 3 });
  span.setStatus({ code: SpanStatusCode.ERROR, message: "why" });
  span.end(1_760_000_000_001);
  const [received] = await receiver.waitFor((spans) => spans.length === 1);
  expect(received).toEqual({
    name: "größe",
    kind: "producer",
    traceId: span.spanContext().traceId,
    spanId: span.spanContext().spanId,
    parentSpanId: undefined,
    links: [{ traceId: link.traceId, spanId: link.spanId, attributes: { sequence: 7 } }],
    events: [{ name: "rejected", attributes: { line: 3 } }],
    attributes: {
      text: "ü\u0000",
      integer: -42,
      large: 2 ** 53 - 1,
      double: -0.25,
      yes: true,
      no: false,
      list: ["a", "b"],
      empty: "",
    },
    status: { code: "error", message: "why" },
    startNs: 1_760_000_000_000_000_000n,
    endNs: 1_760_000_000_001_000_000n,
    resource: { "service.name": "test" },
    scope: "scope",
  });
  await provider.shutdown();
});

describe("the receiver refuses", () => {
  it.each([
    ["another signal", "/v1/logs", "application/x-protobuf", new Uint8Array()],
    ["JSON", "/v1/traces", "application/json", new TextEncoder().encode("{}")],
    ["what is no protobuf", "/v1/traces", "application/x-protobuf", Uint8Array.of(0x0a, 0xff, 0x01)],
  ])("%s", async (_, path, type, body) => {
    await using receiver = await startOtlpReceiver();
    const response = await fetch(`${receiver.endpoint}${path}`, {
      method: "POST",
      headers: { "content-type": type },
      body,
    });
    expect(response.status).toBe(400);
    expect(receiver.spans).toEqual([]);
  });
});

it("rejects a wait that is not met, naming what has come", async () => {
  await using receiver = await startOtlpReceiver();
  await expect(receiver.waitFor(() => false, 1)).rejects.toThrow("spans received: none");
});

it("reads each wire type", () => {
  const bytes = Uint8Array.of(
    0x08,
    0x96,
    0x01,
    0x11,
    1,
    0,
    0,
    0,
    0,
    0,
    0,
    0x80,
    0x1a,
    1,
    65,
    0x25,
    2,
    0,
    0,
    0,
  );
  expect([...wireFields(bytes)]).toEqual([
    { number: 1, type: "integer", value: 150n },
    { number: 2, type: "integer", value: 0x8000_0000_0000_0001n },
    { number: 3, type: "bytes", value: Uint8Array.of(65) },
    { number: 4, type: "integer", value: 2n },
  ]);
});

it.each([
  ["unknown wire type", [0x0c]],
  ["Offset is outside the bounds", [0x08, 0x80]],
  ["longer than its message", [0x0a, 5, 1]],
  ["too long", [0x08, ...Array<number>(11).fill(0xff)]],
])("throws, saying %s, on bytes that are no protobuf", (why, bytes) => {
  expect(() => [...wireFields(Uint8Array.from(bytes))]).toThrow(why);
});
