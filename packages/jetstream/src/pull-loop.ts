import { setTimeout as delay } from "node:timers/promises";
import type { Consumer, ConsumerMessages } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { Burst } from "./burst.js";
import { type Delivery, HeldDelivery } from "./delivery.js";

export interface PullLoopOptions {
  readonly consumer: Consumer;
  /** The connection of the consumer. */
  readonly nats: NatsConnection;
  /** Messages in a batch at most. */
  readonly batchSize: number;
  /** Batches being processed at once, at most. */
  readonly batchesInFlight: number;
  readonly ackWaitSeconds: number;
  /**
   * Resolves once every message of the batch is committed; only then are they acknowledged. What may fail for want of
   * infrastructure goes through `retrying`, which repeats it until it succeeds or the loop stops.
   */
  readonly process: (batch: readonly Delivery[], retrying: Retrying) => Promise<void>;
  /** `retry`: infrastructure, try again. `fatal`: the loop ends with this error. */
  readonly verdict: (error: unknown) => "retry" | "fatal";
  readonly onRetry?: (error: unknown, attempt: number, pauseMs: number) => void;
  /** What the client says of the consumer: `consumer_deleted`, `heartbeats_missed` … */
  readonly onConsumerStatus?: (type: string) => void;
}

/** `attempt` is told which one it is: 1, 2, … */
export type Retrying = <T>(attempt: (number: number) => Promise<T>) => Promise<T>;

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 5_000;

/** What settles a message. Source: ADR-15 of NATS. */
const ACK = "+ACK";
const WORKING = "+WPI";
const NAK = "-NAK";
const NAK_LATER = '-NAK {"delay": 1000000000}';
const ACK_BYTES = 128;

/** The loop stops while a batch waits for infrastructure: its messages go back to the broker. */
class StoppedError extends Error {}

/**
 * Pulls from a durable consumer, batches, and settles.
 *
 * A batch never waits when nothing is being processed: it takes what is there. While one is in flight, the next forms; a
 * further one starts beside it only when it is full. Acks follow the commit, never the other way round.
 */
export class PullLoop {
  readonly #options: PullLoopOptions;
  readonly #waiting: HeldDelivery[] = [];
  readonly #inFlight = new Set<Promise<void>>();
  readonly #held = new Set<HeldDelivery>();
  readonly #stop = new AbortController();
  readonly #giveUp = new AbortController();
  #messages: ConsumerMessages | undefined;
  #fatal: { readonly error: unknown } | undefined;
  #retrying = 0;
  #wake: (() => void) | undefined;
  #dispatchQueued = false;

  constructor(options: PullLoopOptions) {
    this.#options = options;
  }

  /** Messages taken from the broker and not yet settled. */
  get held(): number {
    return this.#held.size;
  }

  /** Whether a batch waits for infrastructure to come back. */
  get retrying(): boolean {
    return this.#retrying > 0;
  }

  /**
   * Runs until `stop` has been called and all is settled.
   *
   * @throws the error that `verdict` called fatal
   */
  async run(): Promise<void> {
    const { consumer, batchSize, ackWaitSeconds } = this.#options;
    const keepAlive = setInterval(() => this.#keepHeld(), (ackWaitSeconds * 1000) / 3);
    try {
      const messages = await consumer.consume({ max_messages: this.#capacity() });
      this.#messages = messages;
      if (this.#stop.signal.aborted) messages.stop();
      void this.#follow(messages);
      for await (const message of messages) {
        const delivery = new HeldDelivery(message);
        this.#held.add(delivery);
        this.#waiting.push(delivery);
        this.#queueDispatch();
        while (!this.#stop.signal.aborted && (this.#waiting.length >= 2 * batchSize || this.retrying))
          await this.#change();
      }
      await this.#finish();
    } finally {
      clearInterval(keepAlive);
    }
    if (this.#fatal !== undefined) throw this.#fatal.error;
    if (!this.#stop.signal.aborted) throw new Error("the subscription ended by itself: was access revoked?");
  }

  /**
   * Stops pulling and lets batches in flight commit. Those still not committed after `graceMs` are given back to the
   * broker, as are messages no batch has taken.
   */
  stop(graceMs: number): void {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    this.#messages?.stop();
    this.#signalChange();
    void delay(graceMs, undefined, { ref: false, signal: this.#giveUp.signal })
      .then(() => this.#giveUp.abort())
      .catch(() => undefined);
  }

  #capacity(): number {
    return this.#options.batchSize * Math.min(this.#options.batchesInFlight + 1, 4);
  }

  /** In the next turn of the event loop, so that what arrived in one read of the socket forms one batch. */
  #queueDispatch(): void {
    if (this.#dispatchQueued) return;
    this.#dispatchQueued = true;
    setImmediate(() => {
      this.#dispatchQueued = false;
      this.#dispatch();
    });
  }

  #dispatch(): void {
    const { batchSize, batchesInFlight } = this.#options;
    while (
      this.#waiting.length > 0 &&
      !this.#stop.signal.aborted &&
      !this.retrying &&
      (this.#inFlight.size === 0 ||
        (this.#inFlight.size < batchesInFlight && this.#waiting.length >= batchSize))
    ) {
      const batch = this.#waiting.splice(0, batchSize);
      const work = this.#settle(batch).finally(() => {
        this.#inFlight.delete(work);
        this.#signalChange();
        this.#dispatch();
      });
      this.#inFlight.add(work);
    }
    this.#signalChange();
  }

  /** Never rejects: a fatal error ends the loop instead. */
  async #settle(batch: readonly HeldDelivery[]): Promise<void> {
    let committed = false;
    try {
      await this.#options.process(batch, (attempt) => this.#retry(attempt));
      committed = true;
    } catch (error) {
      if (!(error instanceof StoppedError)) this.#fail(error);
    }
    this.#answer(batch, committed ? ACK : NAK_LATER);
    for (const delivery of batch) this.#held.delete(delivery);
  }

  /** In one piece. What a closed or lost connection does not carry is delivered again, which is harmless. */
  #answer(deliveries: Iterable<HeldDelivery>, answer: string): void {
    const { nats, batchSize } = this.#options;
    if (nats.isClosed()) return;
    const burst = new Burst(batchSize * ACK_BYTES);
    for (const { ackSubject } of deliveries) burst.add(ackSubject, answer);
    burst.send(nats);
  }

  async #retry<T>(attempt: (number: number) => Promise<T>): Promise<T> {
    for (let attempts = 1; ; attempts++) {
      try {
        return await attempt(attempts);
      } catch (error) {
        if (this.#options.verdict(error) === "fatal") throw error;
        await this.#pause(error, attempts);
      }
    }
  }

  async #pause(error: unknown, attempts: number): Promise<void> {
    const ceiling = Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LAST_RETRY_MS);
    const pause = ceiling * (0.5 + Math.random() / 2);
    this.#options.onRetry?.(error, attempts, pause);
    this.#retrying++;
    try {
      await delay(pause, undefined, { signal: this.#stop.signal });
    } catch {
      throw new StoppedError("stopped while waiting to try again", { cause: error });
    } finally {
      this.#retrying--;
      this.#signalChange();
    }
  }

  #fail(error: unknown): void {
    this.#fatal ??= { error };
    this.stop(0);
  }

  /** Tells the broker that what is held is being worked on, so that no other replica gets it meanwhile. */
  #keepHeld(): void {
    this.#answer(this.#held, WORKING);
  }

  async #finish(): Promise<void> {
    const untouched = this.#waiting.splice(0);
    this.#answer(untouched, NAK);
    for (const delivery of untouched) this.#held.delete(delivery);
    const gaveUp = new Promise<void>((resolve) => {
      this.#giveUp.signal.addEventListener("abort", () => resolve(), { once: true });
      if (this.#giveUp.signal.aborted) resolve();
    });
    await Promise.race([Promise.all(this.#inFlight), gaveUp]);
    this.#giveUp.abort();
  }

  async #follow(messages: ConsumerMessages): Promise<void> {
    for await (const status of messages.status()) this.#options.onConsumerStatus?.(status.type);
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #signalChange(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
