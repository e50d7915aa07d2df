import { context, propagation, trace, type SpanContext } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import { beforeAll, describe, expect, it } from "vitest";
import { withSpan } from "./spans.js";
import { extractTraceContext, injectTraceContext } from "./trace-context.js";

const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

function extract(headers: Record<string, string>): SpanContext | undefined {
  // As NATS does: exact-case look-up, "" for a header that is not there.
  return extractTraceContext((key) => headers[key] ?? "");
}

function inject(): Map<string, string> {
  const headers = new Map<string, string>();
  injectTraceContext((key, value) => headers.set(key, value));
  return headers;
}

describe("without tracing", () => {
  it("injects and extracts nothing", async () => {
    expect(extract({ traceparent })).toBeUndefined();
    expect(await withSpan("publish", {}, () => Promise.resolve(inject()))).toEqual(new Map());
  });
});

describe("with tracing", () => {
  beforeAll(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    trace.setGlobalTracerProvider(new TracerProvider());
  });

  it("carries a span's context through headers", async () => {
    const { headers, sent } = await withSpan("publish", {}, (span) =>
      Promise.resolve({ headers: inject(), sent: span.spanContext() }),
    );
    expect([...headers.keys()]).toEqual(["traceparent"]);
    expect(extractTraceContext((key) => headers.get(key))).toEqual({ ...sent, isRemote: true });
  });

  it("injects nothing without an active span", () => {
    expect(inject()).toEqual(new Map());
  });

  it("carries tracestate on", async () => {
    const remote = extract({ traceparent, tracestate: "vendor=value" });
    if (remote === undefined) throw new Error("not extracted");
    const headers = await context.with(trace.setSpanContext(context.active(), remote), () =>
      withSpan("publish", {}, () => Promise.resolve(inject())),
    );
    expect(headers.get("tracestate")).toBe("vendor=value");
  });

  it.each(["traceparent", "Traceparent", "TraceParent", "TRACEPARENT"])("reads %s", (name) => {
    expect(extract({ [name]: traceparent })).toMatchObject({
      traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
      spanId: "00f067aa0ba902b7",
      traceFlags: 1,
      isRemote: true,
    });
  });

  it.each([
    ["no header", {}],
    ["an empty one", { traceparent: "" }],
    ["zero trace id", { traceparent: "00-00000000000000000000000000000000-00f067aa0ba902b7-01" }],
    ["zero span id", { traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01" }],
    ["a short id", { traceparent: "00-4bf92f3577b34da6-00f067aa0ba902b7-01" }],
    ["upper-case digits", { traceparent: traceparent.toUpperCase() }],
    ["version ff", { traceparent: `ff${traceparent.slice(2)}` }],
    ["more than version 00 has", { traceparent: `${traceparent}-more` }],
    ["something else", { traceparent: "'; drop table job; --" }],
    ["only tracestate", { tracestate: "vendor=value" }],
  ])("takes no context from %s", (_, headers: Record<string, string>) => {
    expect(extract(headers)).toBeUndefined();
  });
});
