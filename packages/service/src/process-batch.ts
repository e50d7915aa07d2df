import { type Batch, errorCode } from "@cc-ingest/database";
import type { Delivery, Retrying } from "@cc-ingest/jetstream";
import type { Precision } from "@cc-ingest/protocol";
import { type Logger, extractTraceContext, withBatchSpan, withSpan } from "@cc-ingest/telemetry";
import type { Counters } from "./counters.js";
import { type LineEvent, type LineOrigin, type Sourced, deadLetter } from "./decode-batch.js";
import { decodeInTurns } from "./decode-in-turns.js";
import type { Work } from "./definition.js";

export interface BatchContext<Event extends LineEvent, Effect> {
  readonly origin: LineOrigin;
  readonly work: Work<Event, Effect>;
  readonly precision: Precision;
  readonly subject: string;
  readonly durable: string;
  readonly log: Logger;
  readonly counters: Counters;
}

type SourcedBatch<Event> = Omit<Batch<Sourced<Event>, never, never>, "apply">;

/**
 * One batch's way: decode, apply and dead-letter in one transaction, tell others what came of it. The pull loop acknowledges
 * when this resolves.
 */
export async function processBatch<Event extends LineEvent, Effect>(
  context: BatchContext<Event, Effect>,
  deliveries: readonly Delivery[],
  retrying: Retrying,
): Promise<void> {
  const { work, counters, origin } = context;
  const span = {
    name: `process ${context.subject}`,
    links: deliveries.flatMap((d) => extractTraceContext((key) => d.header(key)) ?? []),
    attributes: batchAttributes(context, deliveries),
  };
  await withBatchSpan(span, async () => {
    const { accept, announce, maxAheadSeconds } = work;
    const batch: SourcedBatch<Event> = await withSpan("decode", {}, async () => ({
      ...(await decodeInTurns(deliveries, {
        ...origin,
        precision: context.precision,
        maxAheadSeconds,
        accept,
      })),
      toDeadLetter: (event, error) => databaseRefusal(origin, event, error),
    }));
    const { outcomes, effects } = await retrying((attempt) =>
      attempt === 1 ? work.commit(batch, "whole") : work.commit(again(batch), "parts"),
    );
    if (announce !== undefined && effects.length > 0) await retrying(() => announce(effects));
    count(counters, deliveries.length, outcomes, batch);
    logRejects(context.log, batch.deadLetters);
    context.log.debug(
      { messages: deliveries.length, events: batch.events.length, rejected: batch.deadLetters.length },
      "batch committed",
    );
  });
}

/** A commit that failed may have happened all the same, so its events have perhaps been applied but not announced. */
function again<Event>(batch: SourcedBatch<Event>): SourcedBatch<Event> {
  return { ...batch, events: batch.events.map((event) => ({ ...event, redelivered: true })) };
}

function databaseRefusal(origin: LineOrigin, event: Sourced<LineEvent>, error: unknown) {
  return deadLetter(origin, event.delivery, event, {
    reason: "database_refused",
    message: error instanceof Error ? error.message : String(error),
    sqlstate: errorCode(error),
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

function count(
  counters: Counters,
  messages: number,
  outcomes: readonly string[],
  { deadLetters }: Pick<SourcedBatch<never>, "deadLetters">,
): void {
  counters.add("messages", messages);
  counters.add("batches", 1);
  for (const [outcome, events] of Map.groupBy(outcomes, (each) => each))
    counters.add("events", events.length, ["outcome", outcome]);
  counters.add("events", deadLetters.length, ["outcome", "rejected"]);
  for (const { reason } of deadLetters) counters.add("rejects", 1, ["reason", reason]);
}

function logRejects(log: Logger, letters: SourcedBatch<never>["deadLetters"]): void {
  for (const { stream, streamSequence, lineNumber, reason, message } of letters)
    log.warn(
      { stream, sequence: streamSequence, line: lineNumber, reason, detail: message },
      "line rejected",
    );
}
