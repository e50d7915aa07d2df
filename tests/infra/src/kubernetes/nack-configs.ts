import type { ConsumerConfig, StreamConfig } from "@nats-io/jetstream";
import type { KubernetesObject } from "./objects.js";

// What NACK asks of the broker for a resource (internal/controller of its 0.23.0). It starts from what nats-io/jsm.go takes where a resource
// says nothing. A field that is not listed must say nothing: nobody has looked at what NACK makes of it.

type Field = (value: unknown) => Readonly<Record<string, unknown>>;

const as =
  (name: string): Field =>
  (value) => ({ [name]: value });
const duration =
  (name: string): Field =>
  (value) =>
    value === "" ? {} : { [name]: nanoseconds(String(value)) };
/** What only NACK itself heeds. */
const own: Field = () => ({});

/** jsm.go's, where it differs from the server's own. */
const streamDefaults = { max_age: 365 * 24 * 3600e9 };

const streamFields: Readonly<Record<string, Field>> = {
  name: as("name"),
  subjects: as("subjects"),
  storage: as("storage"),
  retention: as("retention"),
  discard: as("discard"),
  replicas: as("num_replicas"),
  maxAge: duration("max_age"),
  maxBytes: as("max_bytes"),
  maxMsgs: as("max_msgs"),
  maxMsgSize: as("max_msg_size"),
  maxConsumers: as("max_consumers"),
  preventDelete: own,
};

const consumerFields: Readonly<Record<string, Field>> = {
  streamName: own,
  durableName: as("durable_name"),
  filterSubject: as("filter_subject"),
  deliverPolicy: as("deliver_policy"),
  ackPolicy: as("ack_policy"),
  ackWait: duration("ack_wait"),
  maxDeliver: as("max_deliver"),
  maxAckPending: as("max_ack_pending"),
  replayPolicy: as("replay_policy"),
  preventDelete: own,
};

export function streamConfig(resource: KubernetesObject): Partial<StreamConfig> & { readonly name: string } {
  return { ...streamDefaults, ...mapped(resource, streamFields) } as { name: string } & Partial<StreamConfig>;
}

export function consumerConfig(resource: KubernetesObject): {
  readonly stream: string;
  readonly config: Partial<ConsumerConfig>;
} {
  return { stream: String(resource.spec?.["streamName"]), config: mapped(resource, consumerFields) };
}

function mapped({ spec = {} }: KubernetesObject, fields: Readonly<Record<string, Field>>) {
  return Object.assign(
    {},
    ...Object.entries(spec).map(([name, value]) => {
      const field = fields[name];
      if (field !== undefined) return field(value);
      if (!saysNothing(value)) throw new Error(`what does NACK make of ${name}: ${JSON.stringify(value)}?`);
      return {};
    }),
  ) as Record<string, unknown>;
}

function saysNothing(value: unknown): boolean {
  return value === false || value === "" || value === 0 || (Array.isArray(value) && value.length === 0);
}

const UNITS: Readonly<Record<string, number>> = { ns: 1, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

function nanoseconds(text: string): number {
  const [, amount, unit = ""] = /^(\d+)([a-z]+)$/.exec(text) ?? [];
  const factor = UNITS[unit];
  if (amount === undefined || factor === undefined) throw new Error(`${text} is no duration`);
  return Number(amount) * factor;
}
