import type { DeadLetter } from "@cc-ingest/database";
import type { Delivery, Retrying } from "@cc-ingest/jetstream";
import { type Logger, extractTraceContext, withBatchSpan } from "@cc-ingest/telemetry";
import { type ApplyContext, applyBatch } from "./apply-batch.js";
import type { LineEvent } from "./decode-batch.js";
import { age, countBatch } from "./metrics/count-batch.js";
import type { ServiceMetrics } from "./metrics/service-metrics.js";
import { spread } from "./metrics/spread.js";

export interface BatchContext<Event extends LineEvent, Effect> extends ApplyContext<Event, Effect> {
  readonly subject: string;
  readonly durable: string;
  readonly log: Logger;
  readonly metrics: ServiceMetrics;
}

/** One batch's way, with what is told of it: spans, counts and a line for each reject. The pull loop acknowledges when this resolves. */
export async function processBatch<Event extends LineEvent, Effect>(
  context: BatchContext<Event, Effect>,
  deliveries: readonly Delivery[],
  retrying: Retrying,
): Promise<void> {
  const { metrics, log } = context;
  metrics.record("batch_messages", [deliveries.length]);
  metrics.record("fetch_seconds", spread(deliveries, age));
  const span = {
    name: `process ${context.subject}`,
    links: deliveries.flatMap((d) => extractTraceContext((key) => d.header(key)) ?? []),
    attributes: batchAttributes(context, deliveries),
  };
  await withBatchSpan(span, async () => {
    const applied = await applyBatch(context, deliveries, retrying);
    const rejects = [...applied.deadLetters, ...applied.refusals];
    countBatch(metrics, applied);
    logRejects(log, rejects);
    log.debug(
      {
        stream: deliveries[0]?.stream,
        firstSequence: deliveries[0]?.sequence,
        lastSequence: deliveries.at(-1)?.sequence,
        messages: deliveries.length,
        events: applied.outcomes.length,
        rejected: rejects.length,
      },
      "batch committed",
    );
  });
  metrics.record("broker_to_commit_seconds", spread(deliveries, age));
}

function batchAttributes(
  { subject, durable }: { readonly subject: string; readonly durable: string },
  deliveries: readonly Delivery[],
): Record<string, string | number> {
  return {
    "messaging.system": "nats",
    "messaging.operation.type": "process",
    "messaging.destination.name": subject,
    "messaging.consumer.group.name": durable,
    "messaging.batch.message_count": deliveries.length,
    "ingest.stream.first_sequence": deliveries[0]?.sequence ?? 0,
    "ingest.stream.last_sequence": deliveries.at(-1)?.sequence ?? 0,
  };
}

export function logRejects(log: Logger, letters: readonly DeadLetter[]): void {
  for (const { stream, streamSequence, lineNumber, reason, message } of letters)
    log.warn(
      { stream, sequence: streamSequence, line: lineNumber, reason, detail: message },
      "line rejected",
    );
}
