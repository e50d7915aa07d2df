import type { Consumer, ConsumerInfo, JetStreamManager } from "@nats-io/jetstream";
import { age } from "./count-batch.js";
import type { ServiceMetrics } from "./service-metrics.js";

export interface ConsumerFigures {
  readonly pending: number;
  readonly ackPending: number;
  readonly redelivered: number;
  readonly streamMessages: number;
  readonly streamBytes: number;
  /** 0: as many as there is room for. */
  readonly streamMaxBytes: number;
  /** Seconds; 0 when nothing waits, undefined when the broker does not let us look. */
  readonly oldestAge: number | undefined;
}

const NANOS_PER_MILLI = 1_000_000n;

/** Where the consumer stands in its stream. */
export async function readConsumer(
  jsm: JetStreamManager,
  consumer: Consumer,
  { stream, subject }: { readonly stream: string; readonly subject: string },
): Promise<ConsumerFigures> {
  const info = await consumer.info();
  const { state, config } = await jsm.streams.info(stream);
  return {
    pending: info.num_pending,
    ackPending: info.num_ack_pending,
    redelivered: info.num_redelivered,
    streamMessages: state.messages,
    streamBytes: state.bytes,
    streamMaxBytes: Math.max(0, config.max_bytes),
    oldestAge: await oldestAge(jsm, info, stream, subject),
  };
}

/** Of the first message behind those that are acknowledged without a gap. */
async function oldestAge(
  jsm: JetStreamManager,
  { num_pending, num_ack_pending, ack_floor }: ConsumerInfo,
  stream: string,
  subject: string,
): Promise<number | undefined> {
  if (num_pending + num_ack_pending === 0) return 0;
  // The client's type does not know that the two go together; ADR-8 of NATS does.
  const query = { seq: ack_floor.stream_seq + 1, next_by_subj: subject };
  const oldest = await jsm.streams.getMessage(stream, query).catch(() => undefined);
  if (oldest === undefined) return undefined;
  return oldest === null ? 0 : age({ storedAt: BigInt(oldest.time.getTime()) * NANOS_PER_MILLI });
}

/** Shows what was read last; nothing but the consumer's absence while `read` gives undefined. */
export function watchConsumerFigures(metrics: ServiceMetrics, read: () => ConsumerFigures | undefined): void {
  metrics.watch("consumer_available", () => (read() === undefined ? 0 : 1));
  metrics.watch("consumer_pending", () => read()?.pending);
  metrics.watch("consumer_ack_pending", () => read()?.ackPending);
  metrics.watch("consumer_redelivered", () => read()?.redelivered);
  metrics.watch("stream_messages", () => read()?.streamMessages);
  metrics.watch("stream_bytes", () => read()?.streamBytes);
  metrics.watch("stream_max_bytes", () => read()?.streamMaxBytes);
  metrics.watch("oldest_unprocessed_age_seconds", () => read()?.oldestAge);
}
