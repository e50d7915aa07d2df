import { connect } from "@nats-io/transport-node";
import { type BrokerRefusal, refusalOf } from "./broker-refusal.js";
import { clientOptions } from "./client-options.js";
import { type NatsOptions, splitLogin } from "./nats-options.js";

/**
 * Asks each server by itself: of several the client tells only the last one's failure, and while it may reconnect it takes the
 * refusal of a client certificate (which TLS 1.3 tells only after the handshake) for silence. Undefined when nobody refuses, or
 * when one lets us in.
 */
export async function askWhy(options: NatsOptions): Promise<BrokerRefusal | undefined> {
  const { servers } = splitLogin(options.servers);
  const answers = await Promise.all(
    servers.map(async (server) => {
      try {
        const settings = { ...clientOptions(options), servers: server, reconnect: false };
        await (await connect(settings)).close();
        return "admitted";
      } catch (error) {
        return refusalOf(error, options, [server]);
      }
    }),
  );
  const refusals = answers.filter((answer) => answer !== undefined);
  return refusals.includes("admitted") ? undefined : refusals.find((answer) => answer !== "admitted");
}
