import type { ReplicaFigures } from "@cc-ingest/service";
import { type ServiceStats, Svcm } from "@nats-io/services";
import type { NatsConnection } from "@nats-io/transport-node";
import { isUnheard } from "../shared/broker-errors.js";
import type { ReplicaStatus } from "./status.js";

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
    problems: figures.problems ?? [],
  };
}

function keyOf({ name, instance, id }: ReplicaStatus): string {
  return [name, instance, id].join(" ");
}
