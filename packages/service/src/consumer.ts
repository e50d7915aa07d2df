import type { Config } from "@cc-ingest/config";
import { ProvisioningError, type Worker, ensureWorker } from "@cc-ingest/jetstream";
import type { Logger } from "@cc-ingest/telemetry";
import { type Consumer, type JetStreamManager, jetstream, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { messageOf } from "./message-of.js";
import { type ConsumerFigures, readConsumer, watchConsumerFigures } from "./metrics/consumer-figures.js";
import type { ServiceMetrics } from "./metrics/service-metrics.js";
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

export interface WatchContext {
  readonly jsm: JetStreamManager;
  readonly consumer: Consumer;
  readonly stream: string;
  readonly subject: string;
  readonly state: ServiceState;
  readonly progress: Progress;
  readonly metrics: ServiceMetrics;
  readonly log: Logger;
}

/** Keeps state, progress and metrics true about the consumer: a deleted one ends no subscription, only a question tells. */
export function watchConsumer(context: WatchContext): Disposable {
  const { jsm, consumer, state, progress, metrics, log } = context;
  let asking = false;
  let figures: ConsumerFigures | undefined;
  // What was true before the broker went away is not shown as what is.
  watchConsumerFigures(metrics, () => (state.brokerConnected ? figures : undefined));
  const ask = async (): Promise<void> => {
    if (asking || !state.brokerConnected) return;
    asking = true;
    try {
      figures = await readConsumer(jsm, consumer, context);
      progress.backlog = figures.pending + figures.ackPending;
      if (state.consumerProblem !== undefined) log.info("the consumer is there again");
      state.consumerProblem = undefined;
    } catch (error) {
      figures = undefined;
      progress.backlog = undefined;
      const reason = messageOf(error);
      if (state.consumerProblem === undefined) log.error({ reason }, "the consumer can't be reached");
      state.consumerProblem = `the consumer can't be reached: ${reason}`;
    } finally {
      asking = false;
    }
  };
  void ask();
  const timer = setInterval(() => void ask(), LOOK_EVERY_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
