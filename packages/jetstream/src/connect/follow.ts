import type { NatsConnection } from "@nats-io/transport-node";
import { admittingServer } from "./admitting-server.js";
import { BrokerRefusal, refusalOf } from "./broker-refusal.js";
import { type NatsOptions, splitLogin, usesTls } from "./nats-options.js";

export interface FollowHooks {
  /** Told when an established connection is lost, each time it is refused, and when it is back. */
  readonly onStatus: (connected: boolean, server: string) => void;
  /** Told why an established connection ended or does not come back, when the broker refuses it. */
  readonly onRefused: (refusal: BrokerRefusal) => void;
}

/** Tells what happens to a connection until it is closed. */
export async function follow(
  connection: NatsConnection,
  options: NatsOptions,
  { onStatus, onRefused }: FollowHooks,
): Promise<void> {
  const { servers } = splitLogin(options.servers);
  let attempts = 0;
  let asking = false;
  // The client says nothing of an attempt that fails before it could introduce itself, as with TLS.
  const ask = async (): Promise<void> => {
    if (asking) return;
    asking = true;
    try {
      await admittingServer(options);
    } catch (error) {
      if (error instanceof BrokerRefusal && attempts > 0) onRefused(error);
    } finally {
      asking = false;
    }
  };
  for await (const status of connection.status()) {
    if (status.type === "error") {
      const refusal = refusalOf(status.error, options, servers);
      if (refusal !== undefined) onRefused(refusal);
    }
    if (status.type === "disconnect") onStatus(false, status.server);
    if (status.type === "reconnecting") {
      attempts += 1;
      if (attempts > 1 && usesTls(options)) void ask();
    }
    if (status.type === "reconnect") {
      attempts = 0;
      onStatus(true, status.server);
    }
  }
}
