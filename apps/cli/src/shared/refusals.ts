import { setImmediate } from "node:timers/promises";
import { PermissionViolationError } from "@nats-io/nats-core";
import type { NatsConnection } from "@nats-io/transport-node";

/** Hears what a server that answers nothing to core publishing says all the same: that the user may not do it. */
export class Refusals {
  readonly #nats: NatsConnection;
  #refused: PermissionViolationError | undefined;

  constructor(nats: NatsConnection) {
    this.#nats = nats;
    void this.#listen();
  }

  /** Waits until the server has read everything sent so far. @throws PermissionViolationError when it refused some of it */
  async flush(): Promise<void> {
    await this.#nats.flush();
    // What the server said before its answer is handed on in the turns of the event loop after it.
    await setImmediate();
    if (this.#refused !== undefined) throw this.#refused;
  }

  async #listen(): Promise<void> {
    for await (const status of this.#nats.status())
      if (status.type === "error" && status.error instanceof PermissionViolationError)
        this.#refused ??= status.error;
  }
}
