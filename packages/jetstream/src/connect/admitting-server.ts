import { type ConnectionOptions, connect } from "@nats-io/transport-node";
import { BrokerRefusal, refusalOf } from "./broker-refusal.js";
import { clientOptions } from "./client-options.js";
import { type NatsOptions, splitLogin, usesTls } from "./nats-options.js";

/**
 * The first server that lets us in, each asked over a connection of its own. Of several the client itself tells only the last
 * one's failure, and while it may reconnect it takes the refusal of a client certificate (which TLS 1.3 tells only after the
 * handshake) for silence.
 *
 * @throws BrokerRefusal when none lets us in and one refuses, else what a server that can't be reached gives
 */
export async function admittingServer(options: NatsOptions): Promise<string> {
  const { servers } = splitLogin(options.servers);
  try {
    return await Promise.any(servers.map((server) => ask(server, options)));
  } catch (error) {
    const failures: unknown[] = error instanceof AggregateError ? error.errors : [error];
    throw failures.find((failure) => failure instanceof BrokerRefusal) ?? failures[0];
  }
}

async function ask(server: string, options: NatsOptions): Promise<string> {
  const settings = { ...clientOptions(options), servers: server, reconnect: false };
  try {
    await (await connect(settings)).close();
    return server;
  } catch (error) {
    throw (
      refusalOf(error, options, [server]) ?? (await refusalBehindReset(error, settings, options)) ?? error
    );
  }
}

/**
 * With TLS 1.3 a server that refuses our certificate may reset the connection before we have read why: it has got our first
 * words by then. TLS 1.2 tells it within the handshake.
 */
async function refusalBehindReset(
  reset: unknown,
  settings: ConnectionOptions & { servers: string },
  options: NatsOptions,
): Promise<BrokerRefusal | undefined> {
  if (!usesTls(options) || !(reset instanceof Error && "code" in reset && connectionLost.has(reset.code)))
    return undefined;
  const tls = { ...settings.tls, maxVersion: "TLSv1.2" };
  try {
    await (await connect({ ...settings, tls })).close();
    return undefined;
  } catch (error) {
    return refusalOf(error, options, [settings.servers]);
  }
}

const connectionLost: ReadonlySet<unknown> = new Set(["ECONNRESET", "EPIPE"]);
