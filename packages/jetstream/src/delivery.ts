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
export interface HeldDelivery extends Delivery {
  readonly message: JsMsg;
}

export function toDelivery(message: JsMsg): HeldDelivery {
  const { info, headers } = message;
  return {
    message,
    data: message.data,
    subject: message.subject,
    stream: info.stream,
    sequence: info.streamSequence,
    storedAt: message.timestampNanos,
    deliveryCount: info.deliveryCount,
    header(name) {
      const value = headers?.get(name) ?? "";
      return value === "" ? undefined : value;
    },
    headers() {
      if (headers === undefined) return undefined;
      return Object.fromEntries(headers.keys().map((key) => [key, headers.values(key)]));
    },
  };
}
