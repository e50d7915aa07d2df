import { setTimeout as delay } from "node:timers/promises";
import { type NatsConnection, TimeoutError, connect } from "@nats-io/transport-node";
import { admittingServer } from "./admitting-server.js";
import { BrokerRefusal, refusalOf } from "./broker-refusal.js";
import { clientOptions } from "./client-options.js";
import { checkFiles } from "./credential-files.js";
import { type FollowHooks, follow } from "./follow.js";
import { type NatsOptions, splitLogin, usesTls } from "./nats-options.js";

export interface ConnectHooks extends FollowHooks {
  readonly signal: AbortSignal;
  /** Told of each failed first attempt; the next follows by itself. A `BrokerRefusal` is not waited for as long as the rest. */
  readonly onWaiting: (error: unknown) => void;
}

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5_000;
/**
 * Where credentials are rotated, server and service get them some seconds apart: six refusals take about eight seconds. Then
 * the process ends, so that whoever runs it sees what is wrong, and starts it again if he likes.
 */
const REFUSALS = 6;

/**
 * Connects, waiting for as long as no server answers, and from then on reconnects for ever.
 *
 * @throws BrokerRefusal when the broker refuses again and again
 * @throws the signal's reason when it aborts first
 */
export async function connectNats(options: NatsOptions, hooks: ConnectHooks): Promise<NatsConnection> {
  let refusals = 0;
  for (let pause = FIRST_RETRY_MS; ; pause = Math.min(pause * 2, LAST_RETRY_MS)) {
    hooks.signal.throwIfAborted();
    try {
      const connection = await connectOnce(options);
      void follow(connection, options, hooks);
      return connection;
    } catch (error) {
      if (error instanceof BrokerRefusal) {
        refusals += 1;
        if (refusals === 1) pause = FIRST_RETRY_MS;
        if (refusals === REFUSALS) throw error;
      }
      hooks.onWaiting(error);
      await delay(pause, undefined, { signal: hooks.signal });
    }
  }
}

/**
 * Connects or fails at once: for tools that a person waits for.
 *
 * @throws BrokerRefusal
 */
export async function connectOnce(options: NatsOptions): Promise<NatsConnection> {
  const { servers } = splitLogin(options.servers);
  try {
    checkFiles(options);
    if (servers.length > 1 || usesTls(options)) {
      // The client forgets for good what does not answer before the first one that does.
      const first = await admittingServer(options);
      const others = servers.filter((server) => server !== first);
      return await connect({ ...clientOptions(options), servers: [first, ...others], noRandomize: true });
    }
    return await connect(clientOptions(options));
  } catch (error) {
    const refusal = refusalOf(error, options, servers);
    if (refusal !== undefined || !(error instanceof TimeoutError)) throw refusal ?? error;
    // A server may ask for a certificate though nobody told us of TLS.
    await admittingServer(options);
    throw error;
  }
}
