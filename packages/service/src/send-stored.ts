import { type OutgoingMessage, publishStored } from "@cc-ingest/jetstream";
import { injectTraceContext, withSpan } from "@cc-ingest/telemetry";
import type { NatsConnection } from "@nats-io/transport-node";
import { SpanKind } from "@opentelemetry/api";

/**
 * Publishes messages in a span of their own, whose trace they carry, and waits until a stream has stored all of them. `destination`: what
 * traces call the place they go to; `inboxPrefix`: what the connection's user may subscribe to.
 *
 * @throws PublishError when that is not certain
 */
export async function sendStored(
  nats: NatsConnection,
  inboxPrefix: string,
  destination: string,
  messages: readonly OutgoingMessage[],
): Promise<void> {
  const attributes = {
    "messaging.system": "nats",
    "messaging.operation.type": "send",
    "messaging.destination.name": destination,
    "messaging.batch.message_count": messages.length,
  };
  await withSpan(`send ${destination}`, { kind: SpanKind.PRODUCER, attributes }, async () => {
    const carried: Record<string, string> = {};
    injectTraceContext((key, value) => {
      carried[key] = value;
    });
    await publishStored(nats, inboxPrefix, messages, carried);
  });
}
