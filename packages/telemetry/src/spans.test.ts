import { context, SpanKind, SpanStatusCode, trace, TraceFlags, type SpanContext } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  InMemorySpanExporter,
  ParentBasedSampler,
  SimpleSpanProcessor,
  TracerProvider,
  type ReadableSpan,
  type Sampler,
} from "@opentelemetry/sdk-trace";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { withBatchSpan, withSpan } from "./spans.js";

const exporter = new InMemorySpanExporter();

const alwaysOn = new ParentBasedSampler({ root: new AlwaysOnSampler() });
let sampler: Sampler = alwaysOn;

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(
    new TracerProvider({
      spanProcessors: [new SimpleSpanProcessor({ exporter })],
      spanLimits: { linkCountLimit: 10_000 },
      sampler: {
        shouldSample: (...about) => sampler.shouldSample(...about),
        toString: () => "the test's",
      },
    }),
  );
});
beforeEach(() => {
  sampler = alwaysOn;
});
afterEach(() => exporter.reset());

const message = (trace_: number, span: number, traceFlags: number = TraceFlags.SAMPLED): SpanContext => ({
  traceId: trace_.toString(16).padStart(32, "0"),
  spanId: span.toString(16).padStart(16, "0"),
  traceFlags,
  isRemote: true,
});
const nobody = (): Promise<void> => Promise.resolve();
const batchOf = (links: readonly SpanContext[], run: () => Promise<void> = nobody): Promise<void> =>
  withBatchSpan(
    { name: "process cc.job.event", links, attributes: { "messaging.batch.message_count": links.length } },
    run,
  );
const ended = (): ReadableSpan[] => exporter.getFinishedSpans();
const linksOf = (span: ReadableSpan | undefined): string[] =>
  (span?.links ?? []).map(
    ({ context: { traceId, spanId } }) => `${BigInt(`0x${traceId}`)}/${BigInt(`0x${spanId}`)}`,
  );
/** The batch span is the one that counts its messages. */
const batchSpan = (): ReadableSpan | undefined =>
  ended().find(({ attributes }) => "messaging.batch.message_count" in attributes);
const messageSpans = (): ReadableSpan[] => ended().filter((span) => span !== batchSpan());

it("continues the trace of a batch of one message", async () => {
  await batchOf([message(7, 1)]);
  expect(ended()).toHaveLength(1);
  expect(batchSpan()).toMatchObject({
    kind: SpanKind.CONSUMER,
    parentSpanContext: { spanId: message(7, 1).spanId },
  });
  expect(batchSpan()?.spanContext().traceId).toBe(message(7, 1).traceId);
  expect(linksOf(batchSpan())).toEqual(["7/1"]);
});

it("continues the one trace that all messages are of, and links to each distinct one", async () => {
  await batchOf([message(7, 1), message(7, 2), message(7, 1)]);
  expect(ended()).toHaveLength(1);
  expect(batchSpan()?.spanContext().traceId).toBe(message(7, 1).traceId);
  expect(linksOf(batchSpan())).toEqual(["7/1", "7/2"]);
});

it("is a new root for messages of several traces, each of which gets a span that links back", async () => {
  await batchOf([message(7, 1), message(8, 2)]);
  const batch = batchSpan();
  expect(batch?.parentSpanContext).toBeUndefined();
  expect(linksOf(batch)).toEqual(["7/1", "8/2"]);
  expect(messageSpans().map((span) => [span.spanContext().traceId, span.parentSpanContext?.spanId])).toEqual([
    [message(7, 1).traceId, message(7, 1).spanId],
    [message(8, 2).traceId, message(8, 2).spanId],
  ]);
  for (const span of messageSpans()) {
    expect(span.links.map((link) => link.context.spanId)).toEqual([batch?.spanContext().spanId]);
    expect(span).toMatchObject({ name: "process cc.job.event", kind: SpanKind.CONSUMER, ended: true });
  }
});

it("is no child of the span that happens to be active", async () => {
  await withSpan("loop", {}, () => batchOf([]));
  expect(batchSpan()?.parentSpanContext).toBeUndefined();
});

it("is recorded although a producer has not sampled its message", async () => {
  await batchOf([message(7, 1, TraceFlags.NONE)]);
  expect(ended()).toHaveLength(1);
  expect(batchSpan()?.parentSpanContext).toBeUndefined();
  expect(linksOf(batchSpan())).toEqual(["7/1"]);
});

it("ignores the unsampled ones when it chooses its trace", async () => {
  await batchOf([message(8, 2, TraceFlags.NONE), message(7, 1)]);
  expect(batchSpan()?.spanContext().traceId).toBe(message(7, 1).traceId);
  expect(linksOf(batchSpan())).toEqual(["8/2", "7/1"]);
});

it("passes over contexts that are not valid", async () => {
  await batchOf([message(0, 1), message(1, 0), { ...message(1, 1), traceId: "x" }]);
  expect(linksOf(batchSpan())).toEqual([]);
});

it("gives at most 64 messages a span of their own", async () => {
  const links = Array.from({ length: 1000 }, (_, index) => message(index + 1, index + 1));
  await batchOf(links);
  expect(linksOf(batchSpan())).toHaveLength(1000);
  expect(messageSpans()).toHaveLength(64);
});

it("lets the root sampler alone decide for a batch of several traces", async () => {
  sampler = new ParentBasedSampler({ root: new AlwaysOffSampler() });
  await batchOf([message(7, 1), message(8, 2)]);
  expect(batchSpan()).toBeUndefined();
});

it("makes spans inside the batch its children, across awaits", async () => {
  await batchOf([message(7, 1), message(8, 2)], async () => {
    await new Promise((resolve) => setImmediate(resolve));
    await withSpan("decode", { attributes: { lines: 3 } }, nobody);
  });
  const decode = ended().find(({ name }) => name === "decode");
  expect(decode?.parentSpanContext?.spanId).toBe(batchSpan()?.spanContext().spanId);
  expect(decode).toMatchObject({ kind: SpanKind.INTERNAL, attributes: { lines: 3 } });
});

it("ends with the error, hands it on, and says so in each message's trace", async () => {
  const error = new Error("commit failed");
  await expect(batchOf([message(7, 1), message(8, 2)], () => Promise.reject(error))).rejects.toBe(error);
  expect(batchSpan()?.status).toEqual({ code: SpanStatusCode.ERROR, message: "commit failed" });
  expect(batchSpan()?.events).toMatchObject([{ name: "exception" }]);
  expect(messageSpans().map(({ status }) => status.code)).toEqual([
    SpanStatusCode.ERROR,
    SpanStatusCode.ERROR,
  ]);
});

it("ends a span whose function throws before its first await, or throws no Error", async () => {
  await expect(
    withSpan("a", {}, () => {
      throw new TypeError("at once");
    }),
  ).rejects.toThrow("at once");
  // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- what a careless library does
  await expect(withSpan("b", {}, () => Promise.reject("text"))).rejects.toBe("text");
  expect(ended().map(({ status }) => status.code)).toEqual([SpanStatusCode.ERROR, SpanStatusCode.ERROR]);
});

it("returns what the function returns", async () => {
  const options = { name: "process x", links: [], attributes: {} };
  expect(await withBatchSpan(options, () => Promise.resolve(42))).toBe(42);
  expect(await withSpan("x", {}, () => Promise.resolve(43))).toBe(43);
});
