import {
  type ClusterDefinitionsResult,
  type Config,
  type Problem,
  formatProblems,
  loadClusterDefinitions,
} from "@cc-ingest/config";
import { type Database, schemaVersion } from "@cc-ingest/database";
import { BrokerRefusal } from "@cc-ingest/jetstream";
import { type Logger, createLogger, onCrash, shutdownTelemetry } from "@cc-ingest/telemetry";
import type { NatsConnection } from "@nats-io/transport-node";
import { exitCodes } from "./exit-codes.js";
import { exitCodeOf, lastWords, retryable } from "./failures.js";
import { messageOf } from "./message-of.js";
import type { ServiceState } from "./state.js";
import { waitFor } from "./wait-for.js";

/** The log of a process. A crash is its last line. */
export function openLog(service: string): Logger {
  const log = createLogger({ service });
  onCrash((error) => {
    log.fatal({ err: error }, `a bug: ${messageOf(error)}`);
    return exitCodes.failed;
  });
  return log;
}

/** Runs until it is stopped, or until it can't go on: then the process ends with the exit code. */
export async function toTheEnd(run: () => Promise<void>, log: Logger, stop: AbortSignal): Promise<void> {
  try {
    await run();
    log.info("stopped");
  } catch (error) {
    if (stop.aborted && error instanceof Error && error.name === "AbortError")
      log.info("stopped while starting up");
    else {
      // A refusal is nobody's bug: the message says it all.
      log.fatal(error instanceof BrokerRefusal ? {} : { err: error }, lastWords(error));
      process.exitCode = exitCodeOf(error);
    }
  } finally {
    await shutdownTelemetry();
  }
}

/** Says what is wrong with the configuration; the process then ends with its exit code. */
export function exitForConfiguration(problems: readonly Problem[]): void {
  process.stderr.write(`${formatProblems(problems)}\n`);
  process.exitCode = exitCodes.badConfiguration;
}

/** The cluster definitions that the configuration names; undefined when it names none. */
export function loadClusters({
  ingest,
}: Config): ClusterDefinitionsResult | { ok: true; definitions: undefined } {
  const path = ingest.clusterDefinitions;
  return path === undefined ? { ok: true, definitions: undefined } : loadClusterDefinitions(path);
}

/** Waits until the database answers and has the schema that this build needs. */
export async function untilSchema(
  db: Database,
  state: ServiceState,
  log: Logger,
  stop: AbortSignal,
): Promise<void> {
  state.waitingFor = "the database and its schema";
  await waitFor(async () => ((await schemaVersion(db)) === "current" ? true : undefined), {
    signal: stop,
    isPermanent: (error) => !retryable(error),
    onWaiting(error) {
      if (error === undefined) log.warn('the schema is behind this build: run "ccingest migrate"; waiting');
      else log.warn({ reason: messageOf(error) }, "the database does not answer; waiting");
    },
  });
}

export async function closeNats(nats: NatsConnection): Promise<void> {
  if (nats.isClosed()) return;
  await inTime(nats.drain());
  await nats.close();
}

/** What asks an unreachable broker or database would wait for it. */
export async function inTime(work: Promise<void>): Promise<void> {
  await Promise.race([work, new Promise((resolve) => setTimeout(resolve, 2_000).unref())]);
}

/** Aborts at the first SIGTERM or SIGINT; `what`: what is done before the process ends. */
export function stopOnSignals(log: Logger, what = "the batches in flight are finished first"): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGTERM", "SIGINT"] as const) {
    process.once(name, () => {
      log.info({ signal: name }, `stopping: ${what}`);
      controller.abort();
    });
  }
  return controller.signal;
}
