import type { ClusterDefinitions } from "@cc-ingest/config";
import { type Database, errorCode } from "@cc-ingest/database";
import type { Delivery, Retrying } from "@cc-ingest/jetstream";
import type { Precision } from "@cc-ingest/protocol";
import { type Logger, extractTraceContext, withBatchSpan, withSpan } from "@cc-ingest/telemetry";
import type { Counters } from "./counters.js";
import { type LineEvent, deadLetter, decodeBatch } from "./decode-batch.js";
import type { ServiceDefinition } from "./definition.js";

export interface BatchContext<Event extends LineEvent> {
  readonly definition: ServiceDefinition<Event>;
  readonly definitions: ClusterDefinitions | undefined;
  readonly db: Database;
  readonly build: string;
  readonly precision: Precision;
  readonly subject: string;
  readonly durable: string;
  readonly log: Logger;
  readonly counters: Counters;
}

/** One batch's way: decode, then apply and dead-letter in one transaction. The pull loop acks when this resolves. */
export async function processBatch<Event extends LineEvent>(
  context: BatchContext<Event>,
  deliveries: readonly Delivery[],
  retrying: Retrying,
): Promise<void> {
  const { definition, db, log, counters } = context;
  const span = {
    name: `process ${context.subject}`,
    links: deliveries.flatMap((d) => extractTraceContext((key) => d.header(key)) ?? []),
    attributes: batchAttributes(context, deliveries),
  };
  await withBatchSpan(span, async () => {
    const source = { service: definition.name, build: context.build };
    const decoded = await withSpan("decode", {}, async () =>
      decodeBatch(deliveries, {
        ...source,
        precision: context.precision,
        accept: (outcome) => definition.accept(outcome, context.definitions),
      }),
    );
    const byEvent = new Map(decoded.events.map(({ event, delivery }) => [event, delivery]));
    const outcomes = await retrying(() =>
      definition.commit(db, {
        events: decoded.events.map(({ event }) => event),
        deadLetters: decoded.deadLetters,
        toDeadLetter(event, error) {
          const delivery = byEvent.get(event);
          if (delivery === undefined)
            throw new Error("an event of another batch was refused", { cause: error });
          return deadLetter(source, delivery, event, {
            reason: "database_refused",
            message: error instanceof Error ? error.message : String(error),
            sqlstate: errorCode(error),
          });
        },
      }),
    );
    counters.add("messages", deliveries.length);
    counters.add("batches", 1);
    for (const outcome of [...outcomes, ...decoded.deadLetters.map(() => "rejected")])
      counters.add("events", 1, ["outcome", outcome]);
    for (const { reason } of decoded.deadLetters) counters.add("rejects", 1, ["reason", reason]);
    logRejects(log, decoded.deadLetters);
    log.debug(
      { messages: deliveries.length, events: decoded.events.length, rejected: decoded.deadLetters.length },
      "batch committed",
    );
  });
}

function batchAttributes(
  { subject, durable }: Pick<BatchContext<never>, "subject" | "durable">,
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

function logRejects(
  log: Logger,
  letters: readonly {
    stream: string;
    streamSequence: number;
    lineNumber: number;
    reason: string;
    message: string;
  }[],
): void {
  for (const { stream, streamSequence, lineNumber, reason, message } of letters)
    log.warn(
      { stream, sequence: streamSequence, line: lineNumber, reason, detail: message },
      "line rejected",
    );
}
