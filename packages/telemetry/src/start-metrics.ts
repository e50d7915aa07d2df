import type { Meter } from "@opentelemetry/api";
import { PrometheusExporter, PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { reportDiagnostics } from "./diagnostics.js";
import { exportWanted, type Environment } from "./export-wanted.js";
import { serviceResource } from "./resource.js";
import { withinPatience } from "./shutdown.js";

export interface Metrics extends AsyncDisposable {
  readonly meter: Meter;
  /** All there are now, in Prometheus' text format. */
  readonly text: () => Promise<string>;
  /** What the environment asks for and does not get. */
  readonly complaint: string | undefined;
}

/**
 * Metrics of a process: to be read by Prometheus, and sent by OTLP when the standard `OTEL_*` variables name an endpoint, every
 * `OTEL_METRIC_EXPORT_INTERVAL` ms (60,000). Disposing sends the last ones.
 */
export async function startMetrics(scope: string, env: Environment = process.env): Promise<Metrics> {
  // Read on request, by the health server: it has no server of its own.
  const prometheus = new PrometheusExporter({ preventServerStart: true });
  const serializer = new PrometheusSerializer(undefined, false, undefined, true, true);
  const wanted = exportWanted(env, "metrics");
  if (wanted.on) reportDiagnostics();
  const provider = new MeterProvider({
    resource: serviceResource(process.argv[1]),
    readers: [prometheus, ...(wanted.on ? [(await import("./otlp-metrics.js")).otlpReader()] : [])],
  });
  return {
    meter: provider.getMeter(scope),
    async text() {
      const { resourceMetrics, errors } = await prometheus.collect();
      if (errors.length > 0) throw new AggregateError(errors, "a metric can't be read");
      return serializer.serialize(resourceMetrics);
    },
    complaint: wanted.on ? undefined : wanted.complaint,
    [Symbol.asyncDispose]: () => withinPatience(provider.shutdown(), "metrics"),
  };
}
