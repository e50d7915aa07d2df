import { type Config, redactUrl } from "@cc-ingest/config";
import { connectOnce } from "@cc-ingest/jetstream";
import { AuthorizationError } from "@nats-io/nats-core";
import type { NatsConnection } from "@nats-io/transport-node";
import { CliError, messageOf } from "./cli-error.js";
import { exitCodes } from "./exit-codes.js";

/** Connects, or says in one line which address did not answer. Close with `await using`. */
export async function openBroker({ nats }: Pick<Config, "nats">): Promise<NatsConnection> {
  const address = redactUrl(nats.servers.join(","));
  try {
    return await connectOnce({ ...nats, name: "ccingest" });
  } catch (cause) {
    if (cause instanceof AuthorizationError)
      throw new CliError(exitCodes.needsPerson, `the broker at ${address} refuses these credentials`, {
        cause,
      });
    throw new CliError(
      exitCodes.failed,
      `the broker at ${address} can't be reached: ${messageOf(cause)}. Start it, or set NATS_URL (nats.address)`,
      { cause },
    );
  }
}
