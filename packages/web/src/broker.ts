import type { NatsSettings } from "@cc-ingest/config";
import { inboxOf } from "@cc-ingest/jetstream";
import { ServiceState, closeNats, untilConnected } from "@cc-ingest/service";
import type { Logger } from "@cc-ingest/telemetry";
import type { NatsConnection } from "@nats-io/transport-node";
import { HTTPException } from "hono/http-exception";

/** The connection to the broker: what needs it answers 503 while it is not there, and everything else goes on. */
export class Broker implements AsyncDisposable {
  /** Where the connection's user gets its answers. */
  readonly inboxPrefix: string;
  readonly #options: NatsSettings & { readonly name: string };
  readonly #state = new ServiceState();
  #connection: NatsConnection | undefined;

  constructor(settings: NatsSettings, name: string) {
    this.#options = { ...settings, name };
    this.inboxPrefix = inboxOf(this.#options);
  }

  /**
   * Waits for the broker as long as it takes; from then on it is reconnected for ever.
   *
   * @throws BrokerRefusal, or the signal's reason
   */
  async connect(log: Logger, stop: AbortSignal): Promise<void> {
    this.#connection = await untilConnected(this.#options, this.#state, log, stop);
    this.#state.waitingFor = undefined;
  }

  /** @throws HTTPException 503 while there is no connection */
  connected(): NatsConnection {
    const [problem] = this.problems();
    if (this.#connection === undefined || problem !== undefined)
      throw new HTTPException(503, { message: `${problem ?? "the broker is not connected"}; try again` });
    return this.#connection;
  }

  problems(): string[] {
    return this.#state.ready();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#connection !== undefined) await closeNats(this.#connection);
  }
}
