import type { Config } from "@cc-ingest/config";
import { ProvisioningError, type Worker, ensureWorker } from "@cc-ingest/jetstream";
import type { JetStreamManager } from "@nats-io/jetstream";

/** The stream and the durable consumer of one subject. */
export type StreamStatus =
  | { readonly subject: string; readonly problem: string }
  | {
      readonly subject: string;
      readonly problem?: undefined;
      readonly stream: string;
      readonly messages: number;
      readonly bytes: number;
      /** Messages it has ever stored: the sequence of the last one. */
      readonly lastSequence: number;
      readonly durable: string;
      /** Not delivered yet. */
      readonly pending: number;
      /** Delivered, not acknowledged yet. */
      readonly ackPending: number;
      readonly redelivered: number;
      /** The newest one delivered, and the newest up to which all are acknowledged. */
      readonly delivered: number;
      readonly ackFloor: number;
    };

/** What the broker says of a subject; what is missing or unfit is a finding. */
export async function readStream(
  jsm: JetStreamManager,
  worker: Worker,
  { ingest }: Config,
): Promise<StreamStatus> {
  const { subject, durable } = worker;
  try {
    const stream = await ensureWorker(jsm, worker, ingest.streams, "verify");
    const { state } = await jsm.streams.info(stream);
    const consumer = await jsm.consumers.info(stream, durable);
    return {
      subject,
      stream,
      messages: state.messages,
      bytes: state.bytes,
      lastSequence: state.last_seq,
      durable,
      pending: consumer.num_pending,
      ackPending: consumer.num_ack_pending,
      redelivered: consumer.num_redelivered,
      delivered: consumer.delivered.stream_seq,
      ackFloor: consumer.ack_floor.stream_seq,
    };
  } catch (error) {
    if (!(error instanceof ProvisioningError)) throw error;
    return { subject, problem: error.message };
  }
}
