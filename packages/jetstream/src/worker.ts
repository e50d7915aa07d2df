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
  /** Messages of one subject that are taken per second; absent: as many as there are. */
  readonly perSubjectAndSecond?: number;
}

/** Replicas whose batches in flight all fit under the consumer's limit of unacknowledged messages. */
const REPLICAS_ALLOWED_FOR = 16;
/** What is put off is unacknowledged too: beyond this many the others have to wait with it. */
const PUT_OFF_ALLOWED_FOR = 500_000;

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
  const putOff = worker.perSubjectAndSecond === undefined ? 0 : PUT_OFF_ALLOWED_FOR;
  const maxAckPending = REPLICAS_ALLOWED_FOR * batchSize * (concurrency + 1) + putOff;
  await ensureConsumer(jsm, stream, { durable, subject, ackWaitSeconds, maxAckPending }, provisioning);
  return stream;
}
