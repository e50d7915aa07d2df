import type { Config } from "@cc-ingest/config";
import { ProvisioningError, type Worker, ensureWorker } from "@cc-ingest/jetstream";
import { type JetStreamManager, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { workersOf } from "../provision.js";
import { explain } from "../shared/explain.js";
import { readReplicas } from "./replica-status.js";
import type { BrokerStatus, Replicas, StreamStatus } from "./status.js";

export async function readBroker(
  nats: NatsConnection,
  address: string,
  config: Config,
): Promise<BrokerStatus> {
  const jsm = await jetstreamManager(nats, { checkAPI: false });
  const [streams, replicas] = await Promise.all([
    Promise.all(workersOf(config).map((worker) => readStream(jsm, worker, config))),
    replicasOrReason(nats),
  ]);
  return { address, version: nats.info?.version ?? "", streams, replicas };
}

/** Whoever may not ask the replicas still sees the rest. */
async function replicasOrReason(nats: NatsConnection): Promise<Replicas> {
  try {
    return { found: await readReplicas(nats) };
  } catch (error) {
    return { problem: explain(error).message };
  }
}

async function readStream(jsm: JetStreamManager, worker: Worker, { ingest }: Config): Promise<StreamStatus> {
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
    };
  } catch (error) {
    if (!(error instanceof ProvisioningError)) throw error;
    return { subject, problem: error.message };
  }
}
