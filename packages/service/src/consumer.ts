import type { Config } from "@cc-ingest/config";
import { ProvisioningError, type Worker, ensureWorker } from "@cc-ingest/jetstream";
import type { Logger } from "@cc-ingest/telemetry";
import { type Consumer, jetstream, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { messageOf } from "./message-of.js";
import type { Progress } from "./progress.js";
import type { ServiceState } from "./state.js";
import { waitFor } from "./wait-for.js";

/** Makes or checks the stream and the durable consumer, and binds to it. Waits while the broker does not answer. */
export async function bindConsumer(
  nats: NatsConnection,
  worker: Worker,
  { streams, provisioning }: Config["ingest"],
  state: ServiceState,
  log: Logger,
  stop: AbortSignal,
): Promise<{ readonly stream: string; readonly consumer: Consumer }> {
  state.waitingFor = "the stream and its consumer";
  return await waitFor(
    async () => {
      const jsm = await jetstreamManager(nats, { checkAPI: false });
      const stream = await ensureWorker(jsm, worker, streams, provisioning);
      return { stream, consumer: await jetstream(nats).consumers.get(stream, worker.durable) };
    },
    {
      signal: stop,
      isPermanent: (error) => error instanceof ProvisioningError,
      onWaiting: (error) =>
        log.warn({ reason: messageOf(error) }, "the stream and its consumer can't be reached; waiting"),
    },
  );
}

const LOOK_EVERY_MS = 3_000;

/** Keeps `state` and `progress` true about the consumer: a deleted one ends no subscription, only a question tells. */
export function watchConsumer(
  consumer: Consumer,
  state: ServiceState,
  progress: Progress,
  log: Logger,
): Disposable {
  let asking = false;
  const ask = async (): Promise<void> => {
    if (asking || !state.brokerConnected) return;
    asking = true;
    try {
      const { num_pending, num_ack_pending } = await consumer.info();
      progress.backlog = num_pending + num_ack_pending;
      if (state.consumerProblem !== undefined) log.info("the consumer is there again");
      state.consumerProblem = undefined;
    } catch (error) {
      progress.backlog = undefined;
      const reason = messageOf(error);
      if (state.consumerProblem === undefined) log.error({ reason }, "the consumer can't be reached");
      state.consumerProblem = `the consumer can't be reached: ${reason}`;
    } finally {
      asking = false;
    }
  };
  const timer = setInterval(() => void ask(), LOOK_EVERY_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
