import { once } from "node:events";
import { type Config, type Requirement, type WebAppName, loadConfig } from "@cc-ingest/config";
import { connectDatabase } from "@cc-ingest/database";
import {
  ServiceState,
  type WorkContext,
  build,
  exitForConfiguration,
  loadClusters,
  openLog,
  stopOnSignals,
  toTheEnd,
  untilSchema,
} from "@cc-ingest/service";
import type { Logger } from "@cc-ingest/telemetry";
import type { Hono } from "hono";
import { Broker } from "./broker.js";
import { frame } from "./frame.js";
import { serve } from "./serve.js";
import type { WebEnv } from "./web-env.js";

/** What a web app works with. Neither database nor broker need be there yet when it is opened. */
export interface WebRuntime extends WorkContext {
  readonly log: Logger;
  /** Undefined where the app uses none. */
  readonly broker: Broker | undefined;
  /** Aborts when the process is to end: streams to browsers must end by themselves. */
  readonly stop: AbortSignal;
}

/** What makes one web app differ from another. */
export interface WebAppDefinition {
  readonly name: WebAppName;
  /** Beside what the app's name stands for. */
  readonly required: readonly Requirement[];
  readonly usesBroker: (config: Config) => boolean;
  /** Its routes. Each says whom it lets in: see `authenticate`. */
  readonly open: (runtime: WebRuntime) => Hono<WebEnv>;
}

/**
 * Runs a web app until SIGTERM or SIGINT, or until it can't go on; then the process ends with the exit code. It listens from the
 * beginning, and answers 503 until the database is there.
 */
export async function runWebApp(definition: WebAppDefinition): Promise<void> {
  const { name, required } = definition;
  const log = openLog(name);
  const loaded = loadConfig({ env: process.env, required: [...required, name] });
  if (!loaded.ok) return exitForConfiguration(loaded.problems);
  const clusters = loadClusters(loaded.config);
  if (!clusters.ok) return exitForConfiguration(clusters.problems);
  for (const { place, message } of loaded.warnings) log.warn({ place }, message);
  const stop = stopOnSignals(log, "the requests that are here are answered first");
  await toTheEnd(() => run(definition, loaded.config, clusters.definitions, log, stop), log, stop);
}

async function run(
  { name, usesBroker, open }: WebAppDefinition,
  config: Config,
  definitions: WorkContext["definitions"],
  log: Logger,
  stop: AbortSignal,
): Promise<void> {
  const { web, shutdownGraceSeconds } = config.ingest;
  const { http } = name === "console" ? config.ingest.console : config.ingest.restApi;
  const state = new ServiceState();
  // The broker has a state of its own: without it a web app stays ready.
  state.brokerConnected = true;
  const beat = setInterval(() => state.beat(), 1_000);
  await using resources = new AsyncDisposableStack();
  resources.defer(() => clearInterval(beat));
  const db = connectDatabase({
    url: config.database.url,
    poolSize: config.database.poolSize,
    applicationName: name,
    forKeyLookups: true,
    statementTimeoutSeconds: web.requestTimeoutSeconds,
    onConnectionLost: (error) => log.warn({ err: error }, "lost an idle database connection"),
  });
  resources.defer(() => db.destroy());
  const broker = usesBroker(config) ? resources.use(new Broker(config.nats, name)) : undefined;
  const site = open({ config, definitions, db, broker, log, stop, service: name, build });
  const app = frame(site, { web, state, broker, log });
  const setting = `INGEST_${name.replace("-", "_").toUpperCase()}_HTTP_PORT`;
  const server = resources.use(await serve(app, { ...http, setting }, web, shutdownGraceSeconds));
  resources.defer(() => {
    state.draining = true;
  });
  log.info({ build, url: server.url, tokens: web.jwtPublicKey !== undefined }, "started");
  const becomeReady = async (): Promise<void> => {
    await untilSchema(db, state, log, stop);
    state.waitingFor = undefined;
    log.info("ready");
  };
  await Promise.all([becomeReady(), broker?.connect(log, stop), untilAborted(stop)]);
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}
