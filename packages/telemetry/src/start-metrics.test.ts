import { expect, it } from "vitest";
import { startOtlpReceiver } from "./otlp-receiver/index.js";
import { startMetrics } from "./start-metrics.js";

it("shows metrics as Prometheus text and sends the last ones by OTLP when it ends", async () => {
  await using receiver = await startOtlpReceiver();
  // The exporter reads its endpoint from there, as the specification says.
  process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.endpoint;
  const metrics = await startMetrics("test");
  delete process.env["OTEL_EXPORTER_OTLP_ENDPOINT"];
  const { meter } = metrics;
  meter.createCounter("a_messages", { description: "What came." }).add(3, { service: "x" });
  meter.createHistogram("a_seconds", { advice: { explicitBucketBoundaries: [1, 5] } }).record(2);
  meter.createObservableGauge("a_depth").addCallback((result) => result.observe(1.5));
  expect(await metrics.text()).toBe(
    [
      "# HELP a_messages_total What came.",
      "# TYPE a_messages_total counter",
      'a_messages_total{service="x"} 3',
      "# HELP a_seconds description missing",
      "# TYPE a_seconds histogram",
      "a_seconds_count 1",
      "a_seconds_sum 2",
      'a_seconds_bucket{le="1"} 0',
      'a_seconds_bucket{le="5"} 1',
      'a_seconds_bucket{le="+Inf"} 1',
      "# HELP a_depth description missing",
      "# TYPE a_depth gauge",
      "a_depth 1.5",
      "",
    ].join("\n"),
  );
  await metrics[Symbol.asyncDispose]();
  expect(receiver.metrics).toMatchObject([
    { name: "a_messages", kind: "sum", value: 3, attributes: { service: "x" } },
    { name: "a_seconds", kind: "histogram", value: 1 },
    { name: "a_depth", kind: "gauge", value: 1.5, resource: { "service.namespace": "cc-ingest" } },
  ]);
});

it("sends nothing and says why when the environment asks for what there is not", async () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://c:4318", OTEL_METRICS_EXPORTER: "prometheus" };
  await using metrics = await startMetrics("test", env);
  expect(metrics.complaint).toMatch(/^OTEL_METRICS_EXPORTER: /);
});
