import type { DeadLetter } from "@cc-ingest/database";
import type { Delivery, Retrying } from "@cc-ingest/jetstream";
import { type Logger, extractTraceContext, withBatchSpan } from "@cc-ingest/telemetry";
import { type Applied, type ApplyContext, applyBatch } from "./apply-batch.js";
import type { Counters } from "./counters.js";
import type { LineEvent } from "./decode-batch.js";

export interface BatchContext<Event extends LineEvent, Effect> extends ApplyContext<Event, Effect> {
  readonly subject: string;
  readonly durable: string;
  readonly log: Logger;
  readonly counters: Counters;
}

/** One batch's way, with what is told of it: spans, counts and a line for each reject. The pull loop acknowledges when this resolves. */
export async function processBatch<Event extends LineEvent, Effect>(
  context: BatchContext<Event, Effect>,
  deliveries: readonly Delivery[],
  retrying: Retrying,
): Promise<void> {
  const { counters, log } = context;
  const span = {
    name: `process ${context.subject}`,
    links: deliveries.flatMap((d) => extractTraceContext((key) => d.header(key)) ?? []),
    attributes: batchAttributes(context, deliveries),
  };
  await withBatchSpan(span, async () => {
    const applied = await applyBatch(context, deliveries, retrying);
    const { outcomes, deadLetters } = applied;
    count(counters, deliveries.length, applied);
    logRejects(log, deadLetters);
    log.debug(
      { messages: deliveries.length, events: outcomes.length, rejected: deadLetters.length },
      "batch committed",
    );
  });
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

function count(counters: Counters, messages: number, { outcomes, deadLetters }: Applied): void {
  counters.add("messages", messages);
  counters.add("batches", 1);
  for (const [outcome, events] of Map.groupBy(outcomes, (each) => each))
    counters.add("events", events.length, ["outcome", outcome]);
  counters.add("events", deadLetters.length, ["outcome", "rejected"]);
  for (const { reason } of deadLetters) counters.add("rejects", 1, ["reason", reason]);
}

export function logRejects(log: Logger, letters: readonly DeadLetter[]): void {
  for (const { stream, streamSequence, lineNumber, reason, message } of letters)
    log.warn(
      { stream, sequence: streamSequence, line: lineNumber, reason, detail: message },
      "line rejected",
    );
}
