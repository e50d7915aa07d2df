import {
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Attributes,
  type Context,
  type Span,
  type SpanContext,
} from "@opentelemetry/api";

const tracer = trace.getTracer("@cc-ingest/telemetry");

/** So that one batch of messages from a thousand traces does not crowd everything else out of the exporter. */
const messageSpanLimit = 64;

/** Runs `run` inside a new span that is a child of the active one. The span ends in any case, with the error if any. */
export function withSpan<T>(
  name: string,
  options: { readonly kind?: SpanKind; readonly attributes?: Attributes },
  run: (span: Span) => Promise<T>,
): Promise<T> {
  const { kind = SpanKind.INTERNAL, attributes = {} } = options;
  return runIn(tracer.startSpan(name, { kind, attributes }), context.active(), run);
}

export interface BatchSpanOptions {
  /** By convention `process <subject>`. */
  readonly name: string;
  /** The trace contexts that the batch's messages carry. Repeated, invalid and empty ones are passed over. */
  readonly links: readonly SpanContext[];
  readonly attributes: Attributes;
}

/**
 * Runs `run` inside the CONSUMER span of one batch of messages; the span ends in any case, with the error if any.
 *
 * The shape follows OpenTelemetry's conventions for messaging. A batch belongs to no single message, so its span
 * is a new root and links to each distinct message context; being a root, it is sampled by the root sampler
 * alone, whatever the producers decided. Two additions make a message's way visible in the trace of who sent it:
 *
 * - When all sampled contexts are of one trace (a batch of one message, above all) the batch span is a child of
 *   the first, so that one trace reaches from the publisher to the SQL's COMMIT.
 * - Else each distinct sampled context gets, when the batch ends, a span of the batch's name, time and outcome
 *   as its child, which links to the batch span; 64 per batch at most.
 */
export async function withBatchSpan<T>(
  options: BatchSpanOptions,
  run: (span: Span) => Promise<T>,
): Promise<T> {
  const { name, attributes } = options;
  const messages = distinct(options.links);
  const sampled = messages.filter(({ traceFlags }) => (traceFlags & TraceFlags.SAMPLED) !== 0);
  const parent = new Set(sampled.map(({ traceId }) => traceId)).size === 1 ? sampled[0] : undefined;
  const parentContext = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
  const links = messages.map((each) => ({ context: each }));
  const startTime = Date.now();
  const span = tracer.startSpan(name, { kind: SpanKind.CONSUMER, attributes, links }, parentContext);
  if (parent !== undefined) return runIn(span, parentContext, run);
  let failed = true;
  try {
    const result = await runIn(span, parentContext, run);
    failed = false;
    return result;
  } finally {
    for (const message of sampled.slice(0, messageSpanLimit))
      messageSpan(options, message, { startTime, failed, batch: span.spanContext() });
  }
}

function messageSpan(
  { name, attributes }: BatchSpanOptions,
  message: SpanContext,
  { startTime, failed, batch }: { startTime: number; failed: boolean; batch: SpanContext },
): void {
  const { ["messaging.batch.message_count"]: _, ...ofOneMessage } = attributes;
  const span = tracer.startSpan(
    name,
    { kind: SpanKind.CONSUMER, attributes: ofOneMessage, links: [{ context: batch }], startTime },
    trace.setSpanContext(ROOT_CONTEXT, message),
  );
  if (failed)
    span.setStatus({ code: SpanStatusCode.ERROR, message: "the batch failed; see the linked span" });
  span.end();
}

function distinct(contexts: readonly SpanContext[]): SpanContext[] {
  const found = new Map<string, SpanContext>();
  for (const each of contexts) if (isSpanContextValid(each)) found.set(`${each.traceId}${each.spanId}`, each);
  return [...found.values()];
}

async function runIn<T>(span: Span, parent: Context, run: (span: Span) => Promise<T>): Promise<T> {
  try {
    return await context.with(trace.setSpan(parent, span), () => run(span));
  } catch (error) {
    span.recordException(error instanceof Error ? error : String(error));
    span.setStatus({
      code: SpanStatusCode.ERROR,
      ...(error instanceof Error && { message: error.message }),
    });
    throw error;
  } finally {
    span.end();
  }
}
