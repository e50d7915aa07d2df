import type { Config } from "@cc-ingest/config";
import { readReplicas, readStream } from "@cc-ingest/service";
import { jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { workersOf } from "../provision.js";
import { explain } from "../shared/explain.js";
import type { BrokerStatus, Replicas } from "./status.js";

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
