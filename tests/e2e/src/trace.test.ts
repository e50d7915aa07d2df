import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from "@cc-ingest/telemetry/testing";
import { jetstream } from "@nats-io/jetstream";
import { headers } from "@nats-io/transport-node";
import { expect, test, vi } from "vitest";
import { ccingest } from "./testing/ccingest.js";
import { fixture, startLine } from "./testing/fixtures.js";
import { type ServiceName, until } from "./testing/service-process.js";
import { JOBS, NODES, useStack } from "./testing/stack.js";

const stack = useStack();
const T = 1_760_000_000;

const tracedTo = ({ endpoint }: OtlpReceiver): Record<string, string> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  OTEL_BSP_SCHEDULE_DELAY: "100",
});

interface Trace {
  readonly span: (name: string) => ReceivedSpan;
  /** From the span's parent up to the root. */
  readonly above: (name: string) => string[];
}

/** Statements that are not ours alone are named after their database too. */
const isCalled =
  (wanted: string) =>
  ({ name }: ReceivedSpan): boolean =>
    name === wanted || name.startsWith(`pg.query:${wanted} `);

/** All of a trace, as soon as it has these spans. */
async function traceOf(
  collector: OtlpReceiver,
  traceId: string | undefined,
  names: readonly string[],
): Promise<Trace> {
  const ofTrace = (all: readonly ReceivedSpan[]) => all.filter((span) => span.traceId === traceId);
  const complete = (all: readonly ReceivedSpan[]) =>
    names.every((wanted) => ofTrace(all).some(isCalled(wanted)));
  const spans = ofTrace(await collector.waitFor(complete, 60_000));
  const span = (wanted: string): ReceivedSpan => {
    const found = spans.find(isCalled(wanted));
    if (found === undefined) throw new Error(`no span is called ${wanted}`);
    return found;
  };
  const ancestors = ({ parentSpanId }: ReceivedSpan): string[] => {
    const parent = spans.find(({ spanId }) => spanId === parentSpanId);
    return parent === undefined ? [] : [parent.name, ...ancestors(parent)];
  };
  return { span, above: (name) => ancestors(span(name)) };
}

/** What a batch's span says of a single message. */
const batchOf = (service: ServiceName, subject: string) => ({
  kind: "consumer",
  attributes: {
    "messaging.system": "nats",
    "messaging.destination.name": subject,
    "messaging.consumer.group.name": service,
    "messaging.batch.message_count": 1,
  },
  resource: { "service.name": service },
});

test("one trace reaches from ccingest publish through the stream and the batch to the COMMIT and whoever takes the lifecycle event", async () => {
  const { env, running, jsm } = stack();
  await using collector = await startOtlpReceiver();
  const traced = { ...env, ...tracedTo(collector) };
  await running("ingest-jobs", traced);
  const published = await ccingest(["publish", "--trace", "-"], traced, fixture("documented-start"));
  expect(published).toMatchObject({ code: 0 });
  const traceId = /trace ([0-9a-f]{32})/.exec(published.stderr)?.[1];
  expect(traceId).toBeDefined();

  const [batch, send] = ["process cc.job.event", "send cc.lifecycle.job"] as const;
  const steps = ["decode", "COPY job", "COMMIT", send];
  const { span, above } = await traceOf(collector, traceId, ["ccingest publish", batch, ...steps]);
  expect(span("ccingest publish").parentSpanId).toBeUndefined();
  expect(span(batch)).toMatchObject(batchOf("ingest-jobs", "cc.job.event"));
  expect(span(batch).links).toMatchObject([{ traceId, spanId: span(batch).parentSpanId }]);
  expect(above(batch).at(-1)).toBe("ccingest publish");
  for (const step of steps) expect(above(step)).toContain(batch);
  for (const sql of ["COPY job", "COMMIT"]) expect(span(sql).kind).toBe("client");

  const told = await jsm.streams.getMessage("CC_LIFECYCLE", {
    last_by_subj: "cc.lifecycle.job.fritz.started",
  });
  expect(told?.header.get("traceparent")).toBe(`00-${traceId}-${span(send).spanId}-01`);
});

test("one trace reaches from who posts node states through the REST API, the stream and the batch to the COMMIT", async () => {
  const { running } = stack();
  await using collector = await startOtlpReceiver();
  await running("ingest-nodestate", tracedTo(collector));
  const restApi = await running("rest-api", tracedTo(collector));
  await vi.waitFor(async () => {
    expect(JSON.parse((await restApi.get("/readyz")).body)).toMatchObject({ degraded: [] });
  }, until);
  const [traceId, client] = ["4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"];
  const { url } = await restApi.logged("started");
  const response = await fetch(`${String(url)}/api/nodestate/`, {
    method: "POST",
    headers: { traceparent: `00-${traceId}-${client}-01` },
    body: JSON.stringify({ cluster: "fritz", nodes: [{ hostname: "f0101", states: ["idle"] }] }),
  });
  expect(response.status).toBe(200);

  const [request, send, batch] = ["POST /api/nodestate/", `send ${NODES}`, `process ${NODES}`] as const;
  const steps = ["decode", "COPY node_state", "COMMIT"];
  const { span, above } = await traceOf(collector, traceId, [request, send, batch, ...steps]);
  expect(span(request).parentSpanId).toBe(client);
  expect(span(batch)).toMatchObject(batchOf("ingest-nodestate", NODES));
  expect(above(batch)).toEqual([send, request]);
  for (const step of steps) expect(above(step)).toContain(batch);
  for (const sql of ["COPY node_state", "COMMIT"]) expect(span(sql).kind).toBe("client");
});

test("a batch of several producers is a root of its own, linked both ways with each that sent a context", async () => {
  const { env, running, publish, jsm, nats } = stack();
  await using collector = await startOtlpReceiver();
  const traced = { ...env, ...tracedTo(collector) };
  const before = await running("ingest-jobs");
  before.kill("SIGTERM");
  await before.exit;
  const producers = ["a", "b"].map((digit) => ({ traceId: digit.repeat(32), spanId: digit.repeat(16) }));
  for (const [n, { traceId, spanId }] of producers.entries()) {
    const sent = headers();
    sent.set("traceparent", `00-${traceId}-${spanId}-01`);
    await jetstream(nats).publish(JOBS, startLine(500 + n, T), { headers: sent });
  }
  await publish(JOBS, startLine(510, T));
  const { last_seq } = (await jsm.streams.info("CC_JOB")).state;
  await running("ingest-jobs", { ...traced, JOB_CONCURRENCY: "1" });

  const isBatch = ({ name, attributes }: ReceivedSpan): boolean =>
    name === `process ${JOBS}` && "messaging.batch.message_count" in attributes;
  const spans = await collector.waitFor(
    (all) =>
      all.some(
        (span) => isBatch(span) && Number(span.attributes["ingest.stream.last_sequence"]) === last_seq,
      ),
    60_000,
  );
  const [batch, ...more] = spans.filter(isBatch);
  expect(more).toEqual([]);
  expect(batch).toMatchObject({ attributes: { "messaging.batch.message_count": 3 }, links: producers });
  expect(batch?.parentSpanId).toBeUndefined();
  for (const { traceId, spanId } of producers) {
    expect(batch?.traceId).not.toBe(traceId);
    expect(spans.find((span) => span.traceId === traceId)).toMatchObject({
      name: `process ${JOBS}`,
      parentSpanId: spanId,
      links: [{ traceId: batch?.traceId, spanId: batch?.spanId }],
    });
  }
});

test("a batch of producers that send no context is a root of its own, with its SQL below it", async () => {
  const { env, running, publish, jsm } = stack();
  await using collector = await startOtlpReceiver();
  await running("ingest-jobs", { ...env, ...tracedTo(collector) });
  await publish(JOBS, startLine(600, T));
  const { last_seq } = (await jsm.streams.info("CC_JOB")).state;
  const isBatch = ({ attributes }: ReceivedSpan): boolean =>
    Number(attributes["ingest.stream.last_sequence"]) === last_seq;
  const [batch] = (await collector.waitFor((all) => all.some(isBatch), 60_000)).filter(isBatch);
  expect(batch).toMatchObject({ ...batchOf("ingest-jobs", JOBS), links: [] });
  expect(batch?.parentSpanId).toBeUndefined();
  const steps = ["decode", "COPY job", "COMMIT", "send cc.lifecycle.job"];
  const { above } = await traceOf(collector, batch?.traceId, steps);
  for (const step of steps) expect(above(step)).toEqual([`process ${JOBS}`]);
});
