import { injectTraceContext, withSpan } from "@cc-ingest/telemetry";
import { type MsgHdrs, headers } from "@nats-io/nats-core";
import type { NatsConnection } from "@nats-io/transport-node";
import { SpanKind } from "@opentelemetry/api";
import { AckedPublisher, type Stored } from "../shared/acked-publisher.js";
import { Refusals } from "../shared/refusals.js";
import { refuseOversize } from "../shared/refuse-oversize.js";

export interface Message {
  readonly subject: string;
  readonly bytes: Uint8Array;
  /** `Nats-Msg-Id` */
  readonly id: string | undefined;
}

export interface Sent {
  readonly published: number;
  /** What streams have acknowledged; undefined for core publishing, where nobody says. */
  readonly stored: readonly Stored[] | undefined;
  readonly subjects: readonly string[];
}

/** Publishes in order. Each message carries the trace context of its own PRODUCER span, when tracing is on. */
export async function send(
  nats: NatsConnection,
  messages: readonly Message[],
  { core }: { readonly core: boolean },
): Promise<Sent> {
  for (const { bytes } of messages)
    refuseOversize(nats, bytes, "nothing was sent. Split it into smaller ones, or raise the limit");
  const acked = core ? undefined : new AckedPublisher(nats);
  const refusals = new Refusals(nats);
  for (const message of messages) {
    await withSpan(`publish ${message.subject}`, spanOptions(message), async () => {
      const hdrs = headersFor(message);
      const options = hdrs === undefined ? {} : { headers: hdrs };
      if (acked === undefined) nats.publish(message.subject, message.bytes, options);
      else await acked.publish(message.subject, message.bytes, options);
    });
  }
  await (acked === undefined ? refusals.flush() : acked.finish());
  const subjects = [...new Set(messages.map(({ subject }) => subject))];
  return { published: messages.length, stored: acked?.stored, subjects };
}

function spanOptions({ subject, bytes }: Message) {
  return {
    kind: SpanKind.PRODUCER,
    attributes: {
      "messaging.system": "nats",
      "messaging.operation.type": "send",
      "messaging.destination.name": subject,
      "messaging.message.body.size": bytes.length,
    },
  };
}

/** Most producers send none, so none are made without need. */
function headersFor({ id }: Message): MsgHdrs | undefined {
  const result = headers();
  injectTraceContext((key, value) => result.set(key, value));
  if (id !== undefined) result.set("Nats-Msg-Id", id);
  return result.keys().length === 0 ? undefined : result;
}
