import { isUnheard } from "@cc-ingest/jetstream";
import { type ServiceStats, Svcm } from "@nats-io/services";
import type { NatsConnection } from "@nats-io/transport-node";
import type { ReplicaFigures } from "../replica/register-replica.js";

/** A running process of a service. */
export interface ReplicaStatus {
  /** Of the service. */
  readonly name: string;
  readonly id: string;
  readonly version: string;
  /** Host and process. */
  readonly instance: string;
  readonly stream: string;
  readonly durable: string;
  /** Committed since it started, and per second of late. */
  readonly messages: number;
  readonly messagesPerSecond: number;
  /** Messages that its consumer still has for all replicas; null before it is known. */
  readonly lag: number | null;
  readonly batchesInFlight: number;
  /** From the broker's storing a message to its commit, of late; null when none came. */
  readonly commitSeconds: ReplicaFigures["commitSeconds"];
  /** Since it last committed a batch; null before the first. */
  readonly secondsSinceCommit: number | null;
  /** Why it takes no messages now. */
  readonly problems: readonly string[];
}

const SERVICES = ["ingest-jobs", "ingest-nodestate"];
const MAX_WAIT_MS = 1_000;

/** Asks the running replicas, wherever they are; they answer through the broker. */
export async function readReplicas(nats: NatsConnection): Promise<ReplicaStatus[]> {
  const replicas = await Promise.all(SERVICES.map((name) => ask(nats, name)));
  return replicas.flat().toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

async function ask(nats: NatsConnection, name: string): Promise<ReplicaStatus[]> {
  const client = new Svcm(nats).client({ strategy: "stall", maxWait: MAX_WAIT_MS });
  const found: ReplicaStatus[] = [];
  try {
    for await (const stats of await client.stats(name)) found.push(statusOf(stats));
  } catch (error) {
    if (!isUnheard(error)) throw error;
  }
  return found;
}

function statusOf({ name, id, version, metadata = {}, endpoints = [] }: ServiceStats): ReplicaStatus {
  // Written by a service of this workspace, perhaps of another version.
  const figures = (endpoints[0]?.data ?? {}) as Partial<ReplicaFigures>;
  return {
    name,
    id,
    version,
    instance: metadata["instance"] ?? "",
    stream: metadata["stream"] ?? "",
    durable: metadata["durable"] ?? "",
    messages: figures.messages ?? 0,
    messagesPerSecond: figures.messagesPerSecond ?? 0,
    lag: figures.lag ?? null,
    batchesInFlight: figures.batchesInFlight ?? 0,
    commitSeconds: figures.commitSeconds ?? null,
    secondsSinceCommit: figures.secondsSinceCommit ?? null,
    problems: figures.problems ?? [],
  };
}

function keyOf({ name, instance, id }: ReplicaStatus): string {
  return [name, instance, id].join(" ");
}
