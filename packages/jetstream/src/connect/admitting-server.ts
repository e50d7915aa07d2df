import { connect } from "@nats-io/transport-node";
import { BrokerRefusal, refusalOf } from "./broker-refusal.js";
import { clientOptions } from "./client-options.js";
import { type NatsOptions, splitLogin } from "./nats-options.js";

/**
 * The first server that lets us in, each asked over a connection of its own. Of several the client itself tells only the last
 * one's failure, and while it may reconnect it takes the refusal of a client certificate (which TLS 1.3 tells only after the
 * handshake) for silence.
 *
 * @throws BrokerRefusal when none lets us in and one refuses, else what a server that can't be reached gives
 */
export async function admittingServer(options: NatsOptions): Promise<string> {
  const { servers } = splitLogin(options.servers);
  const answers = servers.map(async (server) => {
    try {
      const connection = await connect({ ...clientOptions(options), servers: server, reconnect: false });
      await connection.close();
      return server;
    } catch (error) {
      throw refusalOf(error, options, [server]) ?? error;
    }
  });
  try {
    return await Promise.any(answers);
  } catch (error) {
    const failures: unknown[] = error instanceof AggregateError ? error.errors : [error];
    throw failures.find((failure) => failure instanceof BrokerRefusal) ?? failures[0];
  }
}
