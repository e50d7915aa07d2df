import { type Config, redactUrl } from "@cc-ingest/config";
import { BrokerRefusal, connectOnce } from "@cc-ingest/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { CliError, messageOf } from "./cli-error.js";
import { exitCodes } from "./exit-codes.js";

/** The broker at an address that says who we are. */
export function brokerAt(url: string): Pick<Config, "nats"> {
  return { nats: { servers: [url], tls: false } };
}

/** Connects, or says in one line which address did not answer. Close with `await using`. */
export async function openBroker({ nats }: Pick<Config, "nats">): Promise<NatsConnection> {
  const address = redactUrl(nats.servers.join(","));
  try {
    return await connectOnce({ ...nats, name: "ccingest" });
  } catch (cause) {
    if (cause instanceof BrokerRefusal)
      throw new CliError(exitCodes.refusedByBroker, cause.message, { cause });
    throw new CliError(
      exitCodes.failed,
      `the broker at ${address} can't be reached: ${messageOf(cause)}. Start it, or set NATS_URL (nats.address)`,
      { cause },
    );
  }
}
