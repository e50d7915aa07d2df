import type { JetStreamManager } from "@nats-io/jetstream";
import { type Provisioning, type StreamSpec, ensureConsumer, ensureStream } from "./provision.js";

/** One kind of work: which subject, through which stream and durable consumer, in batches of what size. */
export interface Worker {
  readonly subject: string;
  /** The stream to create when none covers the subject. */
  readonly stream: string;
  readonly durable: string;
  /** Messages in a batch at most. */
  readonly batchSize: number;
  /** Batches in flight at most. */
  readonly concurrency: number;
  readonly ackWaitSeconds: number;
}

/** Replicas whose batches in flight all fit under the consumer's limit of unacknowledged messages. */
const REPLICAS_ALLOWED_FOR = 16;

/**
 * Makes or checks a worker's stream and durable consumer.
 *
 * @returns the name of the stream that covers the subject
 * @throws ProvisioningError when a person must act
 */
export async function ensureWorker(
  jsm: JetStreamManager,
  worker: Worker,
  streams: Omit<StreamSpec, "subject" | "name">,
  provisioning: Provisioning,
): Promise<string> {
  const { subject, durable, ackWaitSeconds, batchSize, concurrency } = worker;
  const stream = await ensureStream(jsm, { ...streams, subject, name: worker.stream }, provisioning);
  const maxAckPending = REPLICAS_ALLOWED_FOR * batchSize * (concurrency + 1);
  await ensureConsumer(jsm, stream, { durable, subject, ackWaitSeconds, maxAckPending }, provisioning);
  return stream;
}
