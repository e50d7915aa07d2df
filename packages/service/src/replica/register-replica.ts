import { hostname } from "node:os";
import { statsSubject } from "@cc-ingest/access";
import type { Logger } from "@cc-ingest/telemetry";
import { type Service, Svcm } from "@nats-io/services";
import type { NatsConnection } from "@nats-io/transport-node";
import type { LatencyFigures } from "./latency.js";

/** What a replica tells of itself to whoever asks through the NATS Services API. */
export interface ReplicaFigures {
  /** Messages it has committed since it started, and per second of late. */
  readonly messages: number;
  readonly messagesPerSecond: number;
  /** Messages that the durable consumer still has to deliver or to be acknowledged, for all replicas; null before it is known. */
  readonly lag: number | null;
  /** From the broker's storing a message to its commit, over the last minute; null when none was committed. */
  readonly commitSeconds: LatencyFigures | null;
  /** Since it last committed a batch; null before the first. */
  readonly secondsSinceCommit: number | null;
  readonly batchesInFlight: number;
  readonly heldMessages: number;
  /** Why it takes no messages now; empty when it does. */
  readonly problems: readonly string[];
}

export interface Replica {
  /** Name of the service. */
  readonly name: string;
  /** A semantic version. */
  readonly version: string;
  readonly subject: string;
  readonly stream: string;
  readonly durable: string;
  readonly figures: () => ReplicaFigures;
}

/** Of `ReplicaFigures`, as the data of this endpoint's stats and as the answer of any one replica to a request. */
export const STATS_ENDPOINT = "stats";

/**
 * Registers a replica, so that `nats micro ls` and `ccingest status` find it. A user who may not be asked is no reason to stop: it is said once,
 * and the service goes on.
 */
export async function registerReplica(
  nats: NatsConnection,
  { name, version, subject, stream, durable, figures }: Replica,
  log: Logger,
): Promise<AsyncDisposable> {
  const service = await new Svcm(nats).add({
    name,
    version,
    description: `messages of ${subject} into Postgres`,
    metadata: { instance: `${hostname()}:${process.pid}`, subject, stream, durable },
    statsHandler: () => Promise.resolve(figures()),
  });
  service.addEndpoint(STATS_ENDPOINT, {
    subject: statsSubject(name),
    handler: (error, message) => {
      if (error === null) message.respond(JSON.stringify(figures()));
    },
  });
  void sayWhenRefused(service, log);
  return {
    async [Symbol.asyncDispose]() {
      await service.stop();
    },
  };
}

async function sayWhenRefused(service: Service, log: Logger): Promise<void> {
  const error = await service.stopped;
  if (error === null) return;
  log.warn(
    { reason: error.message },
    "this replica is not listed: its user may not subscribe to $SRV.> and ccingest.>; going on without",
  );
}
