import type { Config } from "@cc-ingest/config";
import { ensureConsumer, ensureStream, ProvisioningError } from "@cc-ingest/jetstream";
import type { Logger } from "@cc-ingest/telemetry";
import { type Consumer, jetstream, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import type { ServiceState } from "./state.js";
import { waitFor } from "./wait-for.js";

type Ingest = Config["ingest"];

export interface WorkerBinding {
  readonly subject: string;
  readonly stream: string;
  readonly durable: string;
  readonly batchSize: number;
  readonly ackWaitSeconds: number;
  readonly concurrency: number;
}

/** Replicas whose batches must all fit under the consumer's limit of unacknowledged messages. */
const REPLICAS_ALLOWED_FOR = 16;

/** Makes or checks the stream and the durable consumer, and binds to it. Waits while the broker does not answer. */
export async function bindConsumer(
  nats: NatsConnection,
  worker: WorkerBinding,
  ingest: Ingest,
  state: ServiceState,
  log: Logger,
  stop: AbortSignal,
): Promise<Consumer> {
  state.waitingFor = "the stream and its consumer";
  return await waitFor(
    async () => {
      const jsm = await jetstreamManager(nats, { checkAPI: false });
      const { subject, durable, ackWaitSeconds } = worker;
      const stream = await ensureStream(
        jsm,
        { subject, name: worker.stream, ...ingest.streams },
        ingest.provisioning,
      );
      const maxAckPending = REPLICAS_ALLOWED_FOR * worker.batchSize * (worker.concurrency + 1);
      await ensureConsumer(
        jsm,
        stream,
        { durable, subject, ackWaitSeconds, maxAckPending },
        ingest.provisioning,
      );
      return await jetstream(nats).consumers.get(stream, durable);
    },
    {
      signal: stop,
      isPermanent: (error) => error instanceof ProvisioningError,
      onWaiting: (error) => log.warn({ err: error }, "JetStream does not answer; waiting"),
    },
  );
}

const LOOK_EVERY_MS = 3_000;

/** Keeps `state` true about the consumer: a deleted one ends no subscription, only a question tells. */
export function watchConsumer(consumer: Consumer, state: ServiceState, log: Logger): Disposable {
  let asking = false;
  const timer = setInterval(async () => {
    if (asking || !state.brokerConnected) return;
    asking = true;
    try {
      await consumer.info();
      if (state.consumerProblem !== undefined) log.info("the consumer is there again");
      state.consumerProblem = undefined;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (state.consumerProblem === undefined) log.error({ reason }, "the consumer can't be reached");
      state.consumerProblem = `the consumer can't be reached: ${reason}`;
    } finally {
      asking = false;
    }
  }, LOOK_EVERY_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
