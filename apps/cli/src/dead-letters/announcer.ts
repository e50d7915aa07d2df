import type { Config } from "@cc-ingest/config";
import { type Announce, openLifecycle } from "@cc-ingest/service";
import type { NatsConnection } from "@nats-io/transport-node";
import { openBroker } from "../shared/broker.js";

/** Tells of runs that start or stop. Goes to the broker when there may be something to tell, and then before it is needed. */
export class Announcer implements AsyncDisposable {
  readonly #config: Config;
  #nats: NatsConnection | undefined;
  #announce: Announce | undefined;

  constructor(config: Config) {
    this.#config = config;
  }

  readonly announce: Announce = async (changes) => {
    await this.open();
    await this.#announce?.(changes);
  };

  /** @throws CliError when the broker can't be reached, before anything is applied that it must be told of */
  async open(): Promise<void> {
    if (this.#announce !== undefined || this.#config.ingest.lifecycle.events === "off") return;
    this.#nats ??= await openBroker(this.#config);
    this.#announce = await openLifecycle(this.#nats, this.#config, "ccingest");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#nats?.close();
  }
}
