import { attributes, Message, type ReceivedAttributes } from "./message.js";

/** One series of a metric as a collector receives it. */
export interface ReceivedMetric {
  readonly name: string;
  readonly kind: "gauge" | "sum" | "histogram";
  readonly attributes: ReceivedAttributes;
  /** Of a histogram: how many values. */
  readonly value: number;
  readonly resource: ReceivedAttributes;
}

/** Field numbers of opentelemetry-proto 1.x: of the kind in Metric, and in its data points of attributes and value. */
const kinds = [
  { kind: "gauge", field: 5, attributes: 7, double: 4, integer: 6 },
  { kind: "sum", field: 7, attributes: 7, double: 4, integer: 6 },
  { kind: "histogram", field: 9, attributes: 9, double: undefined, integer: 4 },
] as const;

/** Decodes the body of an OTLP/HTTP protobuf request, an ExportMetricsServiceRequest. Throws on other bytes. */
export function decodeMetrics(body: Uint8Array): ReceivedMetric[] {
  return new Message(body).messages(1).flatMap((resourceMetrics) => {
    const resource = attributes(resourceMetrics.messages(1).at(-1), 1);
    const metrics = resourceMetrics.messages(2).flatMap((scope) => scope.messages(2));
    return metrics.flatMap((metric) => decodeMetric(metric, resource));
  });
}

function decodeMetric(metric: Message, resource: ReceivedAttributes): ReceivedMetric[] {
  const name = metric.text(1);
  return kinds.flatMap(({ kind, field, attributes: labels, double, integer }) =>
    metric
      .messages(field)
      .flatMap((data) => data.messages(1))
      .map((point) => {
        const bits = double === undefined ? undefined : point.integer(double);
        const value = bits === undefined ? Number(point.integer(integer) ?? 0n) : doubleOf(bits);
        return { name, kind, attributes: attributes(point, labels), value, resource };
      }),
  );
}

function doubleOf(bits: bigint): number {
  return new Float64Array(BigUint64Array.of(bits).buffer)[0] ?? Number.NaN;
}
