import type { JsMsg } from "@nats-io/jetstream";

/**
 * One message as the broker delivered it. Its bytes are a view on what was read from the socket at once, together with its
 * neighbours: whoever keeps them beyond the batch copies them.
 */
export interface Delivery {
  readonly data: Uint8Array;
  readonly subject: string;
  readonly stream: string;
  readonly sequence: number;
  /** When the stream stored it: nanoseconds since the epoch. */
  readonly storedAt: bigint;
  /** 1 the first time. */
  readonly deliveryCount: number;
  header(name: string): string | undefined;
  /** All headers, or undefined when there are none. */
  headers(): Record<string, string[]> | undefined;
}

/** A delivery with the means to settle it, which only the pull loop holds. */
export class HeldDelivery implements Delivery {
  readonly message: JsMsg;
  readonly stream: string;
  readonly sequence: number;
  readonly storedAt: bigint;
  readonly deliveryCount: number;

  constructor(message: JsMsg) {
    const { info } = message;
    this.message = message;
    this.stream = info.stream;
    this.sequence = info.streamSequence;
    this.storedAt = message.timestampNanos;
    this.deliveryCount = info.deliveryCount;
  }

  get data(): Uint8Array {
    return this.message.data;
  }

  get subject(): string {
    return this.message.subject;
  }

  header(name: string): string | undefined {
    const value = this.message.headers?.get(name) ?? "";
    return value === "" ? undefined : value;
  }

  headers(): Record<string, string[]> | undefined {
    const { headers } = this.message;
    if (headers === undefined) return undefined;
    return Object.fromEntries(headers.keys().map((key) => [key, headers.values(key)]));
  }
}
