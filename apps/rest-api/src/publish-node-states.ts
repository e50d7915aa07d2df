import { randomUUID } from "node:crypto";
import { type OutgoingMessage, publishStored } from "@cc-ingest/jetstream";
import { type NodeStates, encodeNodeStates } from "@cc-ingest/protocol";
import { injectTraceContext, withSpan } from "@cc-ingest/telemetry";
import type { Broker } from "@cc-ingest/web";
import { SpanKind } from "@opentelemetry/api";
import { HTTPException } from "hono/http-exception";

/** Headers count as well. */
const HEADER_ROOM = 1_024;

/**
 * Publishes node states in as many messages as the broker's size limit wants, and waits until the stream has stored all of them.
 *
 * @throws PublishError when that is not certain, HTTPException 503 without a connection
 */
export async function publishNodeStates(broker: Broker, subject: string, states: NodeStates): Promise<void> {
  const nats = broker.connected();
  const messageBytes = (nats.info?.max_payload ?? 1_048_576) - HEADER_ROOM;
  const texts = encodeInParts(states, messageBytes);
  const id = randomUUID();
  const messages = texts.map((text, part): OutgoingMessage => ({ subject, text, id: `${id}-${part}` }));
  const attributes = {
    "messaging.system": "nats",
    "messaging.operation.type": "send",
    "messaging.destination.name": subject,
    "messaging.batch.message_count": messages.length,
  };
  await withSpan(`send ${subject}`, { kind: SpanKind.PRODUCER, attributes }, async () => {
    const carried: Record<string, string> = {};
    injectTraceContext((key, value) => {
      carried[key] = value;
    });
    await publishStored(nats, broker.inboxPrefix, messages, carried);
  });
}

/** A message's time is when the stream stored it: it carries none of its own. */
function encodeInParts(states: NodeStates, messageBytes: number): string[] {
  const { cluster, nodes } = states;
  const encoded = encodeNodeStates(states);
  if (!encoded.ok) throw new HTTPException(400, { message: `${encoded.code}: ${encoded.message}` });
  if (encoded.bytes.length <= messageBytes || nodes.length < 2)
    return [new TextDecoder().decode(encoded.bytes)];
  const middle = Math.ceil(nodes.length / 2);
  return [nodes.slice(0, middle), nodes.slice(middle)].flatMap((part) =>
    encodeInParts({ cluster, nodes: part }, messageBytes),
  );
}
