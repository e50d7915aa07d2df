import { isRecommended } from "@cc-ingest/access";
import { BrokerRefusal, type NatsOptions, connectNats } from "@cc-ingest/jetstream";
import type { Logger } from "@cc-ingest/telemetry";
import type { NatsConnection } from "@nats-io/transport-node";
import { messageOf } from "./message-of.js";
import type { ServiceState } from "./state.js";

/** Waits for the broker, and from then on keeps `state` and log true about the connection. */
export async function untilConnected(
  options: NatsOptions,
  state: ServiceState,
  log: Logger,
  stop: AbortSignal,
  onReconnected: () => void = () => {},
): Promise<NatsConnection> {
  state.waitingFor = "the broker";
  const refused = ({ message }: BrokerRefusal): void => {
    // Each attempt to connect again is refused; the log tells when the reason changes.
    if (state.brokerRefusal !== message) log.error({ reason: message }, "the broker refuses; trying again");
    state.brokerRefusal = message;
  };
  const nats = await connectNats(options, {
    signal: stop,
    onWaiting(error) {
      if (error instanceof BrokerRefusal) refused(error);
      else {
        state.brokerRefusal = undefined;
        log.warn({ reason: messageOf(error) }, "the broker does not answer; waiting");
      }
    },
    onStatus(connected, server) {
      if (connected) state.brokerRefusal = undefined;
      if (state.brokerConnected === connected) return;
      state.brokerConnected = connected;
      if (connected) onReconnected();
      log.warn({ server }, connected ? "connected to the broker again" : "lost the broker; reconnecting");
    },
    onRefused: refused,
  });
  state.brokerConnected = true;
  state.brokerRefusal = undefined;
  const version = nats.info?.version ?? "";
  if (!isRecommended(version))
    log.warn(
      { version },
      "this nats-server has known weaknesses, such as that a producer can purge a stream: update it to 2.12.6 or newer",
    );
  return nats;
}
