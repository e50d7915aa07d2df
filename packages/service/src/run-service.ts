import { type ClusterDefinitions, type Config, loadConfig } from "@cc-ingest/config";
import { connectDatabase } from "@cc-ingest/database";
import { type Delivery, PullLoop, type Worker, inboxOf } from "@cc-ingest/jetstream";
import type { Logger } from "@cc-ingest/telemetry";
import { startMetrics } from "@cc-ingest/telemetry/metrics";
import { jetstreamManager } from "@nats-io/jetstream";
import { build } from "./build.js";
import { runChores } from "./chores.js";
import { bindConsumer, watchConsumer } from "./consumer.js";
import type { LineEvent } from "./decode-batch.js";
import type { Chore, ServiceDefinition } from "./definition.js";
import { databaseErrorClass, retryable } from "./failures.js";
import { startHealthServer } from "./health.js";
import { messageOf } from "./message-of.js";
import { age } from "./metrics/count-batch.js";
import { knownSeries } from "./metrics/known-series.js";
import { ServiceMetrics } from "./metrics/service-metrics.js";
import { timedWork } from "./metrics/timed-work.js";
import { watchLetters } from "./metrics/watch-letters.js";
import { watchLoop } from "./metrics/watch-loop.js";
import { watchPool, watchProcess } from "./metrics/watch-process.js";
import { ALONE_FROM_DELIVERY, processAlone } from "./process-alone.js";
import { processBatch } from "./process-batch.js";
import { Progress } from "./progress.js";
import { putOff } from "./put-off.js";
import { WatermarkKeeper } from "./rebuild/keep-watermark.js";
import { Latency } from "./replica/latency.js";
import { Rate } from "./replica/rate.js";
import { registerReplica } from "./replica/register-replica.js";
import {
  closeNats,
  exitForConfiguration,
  inTime,
  loadClusters,
  openLog,
  stopOnSignals,
  toTheEnd,
  untilSchema,
} from "./start-up.js";
import { ServiceState } from "./state.js";
import { untilConnected } from "./until-connected.js";

/**
 * Runs a service until SIGTERM or SIGINT, or until it can't go on; then the process ends with the exit code.
 * Start-up waits for the broker, the database and the schema as long as it takes, and says so.
 */
export async function runService<Event extends LineEvent, Effect = never>(
  definition: ServiceDefinition<Event, Effect>,
): Promise<void> {
  const log = openLog(definition.name);
  const loaded = loadConfig({ env: process.env, required: ["api-subjects", "nats", "database"] });
  if (!loaded.ok) return exitForConfiguration(loaded.problems);
  const { config } = loaded;
  const worker = definition.worker(config);
  const clusters = loadClusters(config);
  if (!clusters.ok) return exitForConfiguration(clusters.problems);
  if (worker === undefined) throw new Error("a checked configuration names the subjects");
  for (const { place, message } of loaded.warnings) log.warn({ place }, message);
  const stop = stopOnSignals(log);
  await toTheEnd(() => serve(definition, worker, config, clusters.definitions, log, stop), log, stop);
}

async function serve<Event extends LineEvent, Effect>(
  definition: ServiceDefinition<Event, Effect>,
  worker: Worker,
  config: Config,
  definitions: ClusterDefinitions | undefined,
  log: Logger,
  stop: AbortSignal,
): Promise<void> {
  const state = new ServiceState();
  const beat = setInterval(() => state.beat(), 1_000);
  await using resources = new AsyncDisposableStack();
  resources.defer(() => clearInterval(beat));
  const exposed = resources.use(await startMetrics("cc-ingest"));
  if (exposed.complaint !== undefined) log.warn(exposed.complaint);
  const ofProcess = ServiceMetrics.on(exposed.meter, definition.name);
  resources.use(watchProcess(ofProcess, state));

  const health = resources.use(
    await startHealthServer(config.ingest.http, {
      live: () => state.live(),
      ready: () => state.ready(),
      metrics: exposed.text,
    }),
  );
  log.info({ build, url: health.url }, "started");

  const db = connectDatabase({
    url: config.database.url,
    poolSize: config.database.poolSize,
    applicationName: definition.name,
    forKeyLookups: true,
    onConnectionLost: (error) => log.warn({ err: error }, "lost an idle database connection"),
  });
  resources.defer(() => db.destroy());
  watchPool(ofProcess, db);
  await untilSchema(db, state, log, stop);
  const broker = { ...config.nats, name: definition.name };
  const nats = await untilConnected(broker, state, log, stop, () => ofProcess.add("broker_reconnects", 1));
  resources.defer(() => closeNats(nats));
  const inboxPrefix = inboxOf(broker);

  const { stream, consumer } = await bindConsumer(nats, worker, config.ingest, state, log, stop);
  const metrics = ofProcess.with({ stream, consumer: worker.durable });
  knownSeries(metrics, definition.kinds);
  const progress = new Progress();
  const origin = { service: definition.name, build };
  const runtime = { config, definitions, db, nats, log, metrics, progress, ...origin };
  const work = timedWork(await definition.open(runtime), metrics);
  state.waitingFor = undefined;

  const { timestampPrecision: precision } = config.ingest;
  const { subject, durable } = worker;
  const context = { origin, work, precision, subject, durable, log, metrics };
  const rate = new Rate();
  const latency = new Latency();
  const committed = (batch: readonly Delivery[]): void => {
    progress.committed(batch);
    rate.add(batch.length);
    const now = Date.now();
    for (const delivery of batch) latency.add(age(delivery, now));
    state.batchProblem = undefined;
  };
  const loop = new PullLoop({
    nats,
    inboxPrefix,
    stream,
    durable,
    batchSize: worker.batchSize,
    batchesInFlight: worker.concurrency,
    ackWaitSeconds: worker.ackWaitSeconds,
    async process(batch, retrying) {
      await processBatch(context, batch, retrying);
      committed(batch);
    },
    alone: {
      fromDelivery: ALONE_FROM_DELIVERY,
      async process(delivery, retrying) {
        const batch = [delivery];
        await processAlone({ ...context, db }, delivery, retrying, () =>
          processBatch(context, batch, retrying),
        );
        committed(batch);
      },
    },
    ...(worker.perSubjectAndSecond === undefined ? {} : putOff(worker.perSubjectAndSecond, log)),
    verdict: (error) => (retryable(error) ? "retry" : "fatal"),
    onRetry(error, attempt, pauseMs) {
      metrics.add("retries", 1);
      const sqlstate_class = databaseErrorClass(error);
      if (sqlstate_class !== undefined)
        metrics.add("database_errors", 1, { sqlstate_class, retryable: "true" });
      state.batchProblem = `a batch can't be finished: ${messageOf(error)}`;
      log.warn({ err: error, attempt, pauseMs: Math.round(pauseMs) }, "batch not finished, trying again");
    },
    onConsumerStatus: (status) => log.warn({ status }, "the consumer does not deliver"),
  });
  watchLoop(metrics, loop, worker.concurrency);
  metrics.watch("last_success_timestamp_seconds", () => progress.lastSuccess);
  const jsm = await jetstreamManager(nats, { checkAPI: false });
  resources.use(watchConsumer({ jsm, consumer, stream, subject, state, progress, metrics, log }));
  const keeper = new WatermarkKeeper({
    ...context,
    db,
    databaseUrl: config.database.url,
    nats,
    jsm,
    inboxPrefix,
    worker,
    stream,
  });
  // When all is done, so that the next start finds nothing to compare.
  resources.defer(() => inTime(keeper.turn()));
  const letters = watchLetters(metrics, db, definition.name);
  resources.use(runChores([...(work.chores ?? []), watermarkChore(keeper), letters], log));
  resources.defer(() => keeper.stop());
  stop.addEventListener(
    "abort",
    () => {
      state.draining = true;
      keeper.stop();
      loop.stop(config.ingest.shutdownGraceSeconds * 1_000);
    },
    { once: true },
  );
  const figures = () => ({
    messages: progress.messages,
    messagesPerSecond: rate.perSecond,
    lag: progress.backlog ?? null,
    commitSeconds: latency.figures,
    secondsSinceCommit: progress.lastSuccess === undefined ? null : Date.now() / 1000 - progress.lastSuccess,
    batchesInFlight: loop.batchesInFlight,
    heldMessages: loop.held,
    problems: state.ready(),
  });
  const replica = { name: definition.name, version: build, subject, stream, durable, figures };
  resources.use(await registerReplica(nats, replica, log));
  if (stop.aborted) return;
  log.info({ subject, stream, durable }, "ready");
  void keeper.turn();
  await loop.run();
}

function watermarkChore(keeper: { turn(): Promise<void> }): Chore {
  return { name: "keep the watermark", everySeconds: 1, run: () => keeper.turn() };
}
