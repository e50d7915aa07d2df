import { startOtlpReceiver, type ReceivedSpan } from "@cc-ingest/telemetry/testing";
import { expect, test } from "vitest";
import { ccingest } from "./testing/ccingest.js";
import { fixture } from "./testing/fixtures.js";
import { useStack } from "./testing/stack.js";

const stack = useStack();

test("one trace reaches from ccingest publish through the stream and the batch to the COMMIT", async () => {
  const { env, running } = stack();
  await using collector = await startOtlpReceiver();
  const traced = { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, OTEL_BSP_SCHEDULE_DELAY: "100" };
  await running("ingest-jobs", traced);
  const published = await ccingest(["publish", "--trace", "-"], traced, fixture("documented-start"));
  expect(published).toMatchObject({ code: 0 });
  const traceId = /trace ([0-9a-f]{32})/.exec(published.stderr)?.[1];
  expect(traceId).toBeDefined();

  const ofTrace = (spans: readonly ReceivedSpan[]) => spans.filter((span) => span.traceId === traceId);
  const committed = (span: ReceivedSpan) => span.name.includes("COMMIT");
  const spans = ofTrace(
    await collector.waitFor((all) => ofTrace(all).some(committed) && ofTrace(all).some(isBatch), 60_000),
  );

  const root = spans.find((span) => span.name === "ccingest publish");
  const batch = spans.find(isBatch);
  const insert = spans.find((span) => span.name === "COPY job");
  expect(root?.parentSpanId).toBeUndefined();
  expect(batch).toMatchObject({
    kind: "consumer",
    attributes: {
      "messaging.system": "nats",
      "messaging.destination.name": "cc.job.event",
      "messaging.consumer.group.name": "ingest-jobs",
      "messaging.batch.message_count": 1,
    },
    resource: { "service.name": "ingest-jobs" },
  });
  expect(batch?.links).toHaveLength(1);
  const ancestors = (span: ReceivedSpan | undefined): string[] => {
    const parent = spans.find(({ spanId }) => spanId === span?.parentSpanId);
    return parent === undefined ? [] : [parent.name, ...ancestors(parent)];
  };
  expect(ancestors(batch).at(-1)).toBe("ccingest publish");
  for (const sql of [insert, spans.find(committed)]) {
    expect(sql?.kind).toBe("client");
    expect(ancestors(sql)).toContain("process cc.job.event");
  }
  expect(spans.find((span) => span.name === "decode")?.parentSpanId).toBe(batch?.spanId);
});

function isBatch(span: ReceivedSpan): boolean {
  return span.name === "process cc.job.event";
}
