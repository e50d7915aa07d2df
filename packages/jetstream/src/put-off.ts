import type { NatsConnection } from "@nats-io/transport-node";
import { Burst } from "./burst.js";
import type { HeldDelivery } from "./delivery.js";
import { SubjectRates } from "./subject-rates.js";

export const ACK_BYTES = 128;

/** What has the broker deliver a message again, not before so many milliseconds. Source: ADR-15 of NATS. */
export function nakFor(delayMs: number): string {
  return `-NAK {"delay": ${Math.ceil(delayMs)}000000}`;
}

export interface PutOffOptions {
  readonly nats: NatsConnection;
  /** Messages of one subject per second. */
  readonly rate: number;
  readonly onPutOff: ((subject: string, messages: number) => void) | undefined;
}

/** The messages of subjects that send more than their rate: the broker keeps them until it is their turn. */
export class PutOff {
  readonly #options: PutOffOptions;
  readonly #rates: SubjectRates;
  #waiting: { readonly delivery: HeldDelivery; readonly delayMs: number }[] = [];

  constructor(options: PutOffOptions) {
    this.#options = options;
    this.#rates = new SubjectRates(options.rate);
  }

  /** Whether it takes the message, because it is not its turn. One that comes again has waited for it, or was taken before. */
  take(delivery: HeldDelivery): boolean {
    const delayMs = delivery.deliveryCount > 1 ? 0 : this.#rates.turnOf(delivery.subject);
    if (delayMs > 0) this.#waiting.push({ delivery, delayMs });
    return delayMs > 0;
  }

  /** What it has taken, in one piece. */
  giveBack(): void {
    const { nats, onPutOff } = this.#options;
    const waiting = this.#waiting;
    const [first] = waiting;
    if (first === undefined || nats.isClosed()) return;
    this.#waiting = [];
    const burst = new Burst(waiting.length * ACK_BYTES);
    for (const { delivery, delayMs } of waiting) burst.add(delivery.ackSubject, nakFor(delayMs));
    burst.send(nats);
    onPutOff?.(first.delivery.subject, waiting.length);
  }
}
