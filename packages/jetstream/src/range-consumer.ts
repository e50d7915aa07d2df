import {
  AckPolicy,
  type ConsumerInfo,
  DeliverPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
} from "@nats-io/jetstream";
import { nanos } from "@nats-io/nats-core";
import { findConsumer } from "./provision.js";

export interface RangeConsumerSpec {
  readonly stream: string;
  readonly name: string;
  readonly subject: string;
  readonly firstSequence: number;
  /** What the messages are read for. Who comes again with the same purpose goes on; another one begins anew. */
  readonly purpose: string;
  readonly ackWaitSeconds: number;
  readonly maxAckPending: number;
}

/** Servers below 2.10 know no metadata: the description says what the consumer is for. */
const purposeText = (purpose: string): string => `cc-ingest reads again: ${purpose}`;
/** One that nobody came back to goes away by itself. */
const UNUSED_SECONDS = 7 * 86_400;

/**
 * A durable consumer of its own for messages that a stream has delivered before: how far they have been read again survives the process.
 * Delete it when they have.
 *
 * @returns the consumer, and whether an earlier reader had begun with it
 */
export async function ensureRangeConsumer(
  jsm: JetStreamManager,
  spec: RangeConsumerSpec,
): Promise<{ readonly info: ConsumerInfo; readonly resumed: boolean }> {
  const { stream, name, subject, firstSequence, purpose } = spec;
  const existing = await findConsumer(jsm, stream, name);
  if (existing !== undefined) {
    const { description, opt_start_seq: start = 1 } = existing.config;
    if (description === purposeText(purpose) && start <= firstSequence)
      return { info: existing, resumed: true };
    await jsm.consumers.delete(stream, name);
  }
  const info = await jsm.consumers.add(stream, {
    durable_name: name,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: firstSequence,
    filter_subject: subject,
    ack_wait: nanos(spec.ackWaitSeconds * 1000),
    max_deliver: -1,
    max_ack_pending: spec.maxAckPending,
    inactive_threshold: nanos(UNUSED_SECONDS * 1000),
    description: purposeText(purpose),
  });
  return { info, resumed: false };
}

/**
 * The sequence of the first message that the stream stored at that time or later; one beyond the last when there is none.
 *
 * `time`: Unix milliseconds.
 */
export async function sequenceAt(jsm: JetStreamManager, stream: string, time: number): Promise<number> {
  const { name, delivered } = await jsm.consumers.add(stream, {
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.StartTime,
    opt_start_time: new Date(time).toISOString(),
    mem_storage: true,
    inactive_threshold: nanos(10_000),
  });
  await jsm.consumers.delete(stream, name);
  return delivered.stream_seq + 1;
}

/** Whether a consumer, or the stream it belongs to, is not there. */
export function isGone(error: unknown): boolean {
  return (
    error instanceof JetStreamApiError &&
    (error.code === JetStreamApiCodes.ConsumerNotFound || error.code === JetStreamApiCodes.StreamNotFound)
  );
}
