import { getNumberFromEnv } from "@opentelemetry/core";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import { PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";

/** Sends all metrics every `OTEL_METRIC_EXPORT_INTERVAL` ms (60,000). */
export function otlpReader(): PeriodicExportingMetricReader {
  const exportIntervalMillis = getNumberFromEnv("OTEL_METRIC_EXPORT_INTERVAL") ?? 60_000;
  const exportTimeoutMillis = getNumberFromEnv("OTEL_METRIC_EXPORT_TIMEOUT") ?? 30_000;
  return new PeriodicExportingMetricReader({
    // Endpoint, headers, compression and certificates come from OTEL_EXPORTER_OTLP_*.
    exporter: new OTLPMetricExporter(),
    exportIntervalMillis,
    exportTimeoutMillis: Math.min(exportTimeoutMillis, exportIntervalMillis),
  });
}
