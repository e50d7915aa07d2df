import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { getNumberFromEnv, W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { PgInstrumentation } from "@opentelemetry/instrumentation-pg";
import { BatchSpanProcessor, TracerProvider, type BatchSpanProcessorOptions } from "@opentelemetry/sdk-trace";
import { reportDiagnostics } from "./diagnostics.js";
import { serviceResource } from "./resource.js";
import { samplerFrom } from "./sampler.js";
import { setRunningSdk, shutdownTelemetry } from "./shutdown.js";

/** Spans of large batches: the SDK's own limit of 128 would silently drop links. */
const defaultLinkLimit = 10_000;
/** SQL of a batch can be long, and a collector refuses requests over a few MB. */
const defaultAttributeLength = 4096;

/** Starts tracing for the whole process. Must run before `pg` is loaded. */
export function startSdk(): void {
  reportDiagnostics();
  const provider = new TracerProvider({
    resource: serviceResource(process.argv[1]),
    sampler: samplerFrom(process.env),
    spanLimits: {
      linkCountLimit: getNumberFromEnv("OTEL_SPAN_LINK_COUNT_LIMIT") ?? defaultLinkLimit,
      eventCountLimit: getNumberFromEnv("OTEL_SPAN_EVENT_COUNT_LIMIT") ?? 128,
      attributeCountLimit:
        getNumberFromEnv("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT") ??
        getNumberFromEnv("OTEL_ATTRIBUTE_COUNT_LIMIT") ??
        128,
      attributeValueLengthLimit:
        getNumberFromEnv("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT") ??
        getNumberFromEnv("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT") ??
        defaultAttributeLength,
    },
    spanProcessors: [new BatchSpanProcessor(batchProcessorOptions())],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  // Patches pg from its construction on. Without a parent span nothing is recorded: health checks make no traces. Taking a
  // connection from the pool makes none either: two in each batch, a fifth of all, and the pool's waiters are a metric.
  new PgInstrumentation({ requireParentSpan: true, ignoreConnectSpans: true }).setTracerProvider(provider);
  setRunningSdk(provider);
  process.once("beforeExit", () => void shutdownTelemetry());
}

function batchProcessorOptions(): BatchSpanProcessorOptions {
  // Endpoint, headers, compression, certificates and time-out come from OTEL_EXPORTER_OTLP_*.
  const options: BatchSpanProcessorOptions = { exporter: new OTLPTraceExporter() };
  const variables = {
    scheduledDelayMillis: "OTEL_BSP_SCHEDULE_DELAY",
    exportTimeoutMillis: "OTEL_BSP_EXPORT_TIMEOUT",
    maxQueueSize: "OTEL_BSP_MAX_QUEUE_SIZE",
    maxExportBatchSize: "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
  } as const;
  for (const [option, variable] of Object.entries(variables)) {
    const value = getNumberFromEnv(variable);
    if (value !== undefined) Object.assign(options, { [option]: value });
  }
  return options;
}
