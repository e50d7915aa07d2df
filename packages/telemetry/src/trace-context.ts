import { context, propagation, ROOT_CONTEXT, trace, type SpanContext } from "@opentelemetry/api";

/** Header look-up in NATS is exact-case, and some producers capitalise as HTTP does. */
const spellings: Readonly<Record<string, readonly string[]>> = {
  traceparent: ["traceparent", "Traceparent", "TraceParent", "TRACEPARENT"],
  tracestate: ["tracestate", "Tracestate", "TraceState", "TRACESTATE"],
};

/**
 * Hands the W3C `traceparent` (and `tracestate`) of the active span to `set`, as lower-case header names. Calls
 * nothing when there is no active span or tracing is off.
 */
export function injectTraceContext(set: (key: string, value: string) => void): void {
  propagation.inject(context.active(), undefined, {
    set: (_, key, value) => {
      if (value !== "") set(key, value);
    },
  });
}

/**
 * The span context a message carries, or undefined when it carries none, an invalid one, or tracing is off.
 * `get` returns one header's value; the usual spellings of the names are tried in turn.
 */
export function extractTraceContext(get: (key: string) => string | undefined): SpanContext | undefined {
  const extracted = propagation.extract(ROOT_CONTEXT, undefined, {
    get: (_, key) => {
      for (const name of spellings[key] ?? [key]) {
        const value = get(name);
        // NATS answers "" for a header that is not there.
        if (value !== undefined && value !== "") return value;
      }
      return undefined;
    },
    keys: () => [],
  });
  return trace.getSpanContext(extracted);
}
