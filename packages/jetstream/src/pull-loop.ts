import { setTimeout as delay } from "node:timers/promises";
import { Burst } from "./burst.js";
import { type Delivery, HeldDelivery } from "./delivery.js";
import { type PullTarget, Puller, type Room } from "./puller.js";
import { ACK_BYTES, PutOff, nakFor } from "./put-off.js";
import { type Retrying, StoppedError, retry } from "./retry.js";
import { type Tally, emptyTally } from "./tally.js";

export interface PullLoopOptions extends PullTarget {
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
  /** From the delivery with this number on a message is processed by itself, with no batch in flight beside it. */
  readonly alone?: {
    readonly fromDelivery: number;
    readonly process: (delivery: Delivery, retrying: Retrying) => Promise<void>;
  };
  /**
   * Messages of one subject that are taken per second. The broker keeps those beyond until it is their turn; then they come a second
   * time, and pass. Absent: as many as there are.
   */
  readonly perSubjectAndSecond?: number;
  /** Told of messages that are put off, with one of their subjects. */
  readonly onPutOff?: (subject: string, messages: number) => void;
  /** `retry`: infrastructure, try again. `fatal`: the loop ends with this error. */
  readonly verdict: (error: unknown) => "retry" | "fatal";
  readonly onRetry?: (error: unknown, attempt: number, pauseMs: number) => void;
  /** What the broker says of the consumer: `Consumer Deleted`, `heartbeats missed` … */
  readonly onConsumerStatus?: (status: string) => void;
}

/** A batch of the largest messages must not take a hundred times the memory of a usual one. */
const BATCH_BYTES = 1024 * 1024;

/** What settles a message. Source: ADR-15 of NATS. */
const ACK = "+ACK";
const WORKING = "+WPI";
const NAK = "-NAK";
const NAK_LATER = nakFor(1000);

/**
 * Pulls from a durable consumer, batches, and settles.
 *
 * A batch never waits when nothing is being processed: it takes what is there. While one is in flight, the next forms; a
 * further one starts beside it only when it is full. Acks follow the commit, never the other way round. A message that is to be
 * worked on alone waits for the batches before it, and those after it wait for it.
 */
export class PullLoop {
  readonly #options: PullLoopOptions;
  readonly #puller: Puller;
  readonly #inFlight = new Map<readonly HeldDelivery[], Promise<void>>();
  readonly #tally = emptyTally();
  readonly #stop = new AbortController();
  readonly #giveUp = new AbortController();
  readonly #stopping = Promise.withResolvers<void>();
  #waiting: HeldDelivery[] = [];
  #waitingBytes = 0;
  #held = 0;
  #heldBytes = 0;
  #retrying = 0;
  #fatal: { readonly error: unknown } | undefined;
  readonly #putOff: PutOff | undefined;
  #dispatchQueued = false;
  #aloneInFlight = false;

  constructor(options: PullLoopOptions) {
    this.#options = options;
    const { nats, perSubjectAndSecond: rate } = options;
    const onPutOff = (subject: string, messages: number): void => {
      this.#tally.putOff += messages;
      options.onPutOff?.(subject, messages);
    };
    this.#putOff = rate === undefined ? undefined : new PutOff({ nats, rate, onPutOff });
    this.#puller = new Puller(options, {
      onMessage: (message) => this.#take(new HeldDelivery(message)),
      room: () => this.#room(),
      onStatus: (status) => options.onConsumerStatus?.(status),
      onEnd: (error) => this.#fail(error),
    });
  }

  /** Messages taken from the broker and not yet settled. */
  get held(): number {
    return this.#held;
  }

  /** What it has done so far; it goes on counting. */
  get tally(): Readonly<Tally> {
    return this.#tally;
  }

  /** Batches being processed now. */
  get batchesInFlight(): number {
    return this.#inFlight.size;
  }

  /** Whether a batch waits for infrastructure to come back. */
  get retrying(): boolean {
    return this.#retrying > 0;
  }

  /**
   * Runs until `stop` has been called and all is settled.
   *
   * @throws the error that `verdict` called fatal, or what ended the subscription
   */
  async run(): Promise<void> {
    const keepAlive = setInterval(() => this.#keepHeld(), (this.#options.ackWaitSeconds * 1000) / 3);
    try {
      this.#puller.start();
      await this.#stopping.promise;
      await this.#finish();
    } finally {
      clearInterval(keepAlive);
    }
    if (this.#fatal !== undefined) throw this.#fatal.error;
  }

  /**
   * Stops pulling and lets batches in flight commit. Those still not committed after `graceMs` are given back to the
   * broker, as are messages no batch has taken.
   */
  stop(graceMs: number): void {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    this.#stopping.resolve();
    void delay(graceMs, undefined, { ref: false, signal: this.#giveUp.signal })
      .then(() => this.#giveUp.abort())
      .catch(() => undefined);
  }

  #take(delivery: HeldDelivery): void {
    this.#tally.received++;
    if (delivery.deliveryCount > 1) this.#tally.redelivered++;
    if (this.#putOff?.take(delivery) === true) {
      this.#queueDispatch();
      return;
    }
    this.#held++;
    this.#heldBytes += delivery.data.length;
    this.#waiting.push(delivery);
    this.#waitingBytes += delivery.data.length;
    this.#queueDispatch();
  }

  /** One batch more than can be in flight: the next one forms while the others commit. */
  #room(): Room {
    if (this.retrying || this.#stop.signal.aborted) return { messages: 0, bytes: 0 };
    const { batchSize, batchesInFlight } = this.#options;
    const batches = batchesInFlight + 1;
    const bytes = Math.max(batches * BATCH_BYTES, 2 * this.#puller.largestMessage);
    return { messages: batches * batchSize - this.#held, bytes: bytes - this.#heldBytes };
  }

  /** In the next turn of the event loop, so that what arrived in one read of the socket forms one batch. */
  #queueDispatch(): void {
    if (this.#dispatchQueued) return;
    this.#dispatchQueued = true;
    setImmediate(() => {
      this.#dispatchQueued = false;
      this.#putOff?.giveBack();
      this.#dispatch();
    });
  }

  #dispatch(): void {
    while (!this.#stop.signal.aborted && !this.retrying && this.#mayStart()) {
      const batch = this.#nextBatch();
      this.#tally[this.#triggerOf(batch)]++;
      const work = this.#settle(batch).finally(() => {
        this.#inFlight.delete(batch);
        this.#dispatch();
        this.#puller.refill();
      });
      this.#inFlight.set(batch, work);
    }
  }

  #mayStart(): boolean {
    const { batchSize, batchesInFlight } = this.#options;
    const [next] = this.#waiting;
    if (this.#inFlight.size === 0) return next !== undefined;
    if (next === undefined || this.#isAlone(next) || this.#aloneInFlight) return false;
    const full = this.#waiting.length >= batchSize || this.#waitingBytes >= BATCH_BYTES;
    return full && this.#inFlight.size < batchesInFlight;
  }

  #triggerOf(batch: readonly HeldDelivery[]): "alone" | "full" | "idle" {
    if (batch[0] !== undefined && this.#isAlone(batch[0])) return "alone";
    const full = batch.length === this.#options.batchSize || this.#waiting.length > 0;
    return full ? "full" : "idle";
  }

  #isAlone({ deliveryCount }: HeldDelivery): boolean {
    return deliveryCount >= (this.#options.alone?.fromDelivery ?? Infinity);
  }

  #nextBatch(): HeldDelivery[] {
    let count = 0;
    let bytes = 0;
    for (const delivery of this.#waiting) {
      const { length } = delivery.data;
      if (count === this.#options.batchSize || (count > 0 && bytes + length > BATCH_BYTES)) break;
      if (count > 0 && this.#isAlone(delivery)) break;
      count++;
      bytes += length;
      if (this.#isAlone(delivery)) break;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  /** Never rejects: a fatal error ends the loop instead. */
  async #settle(batch: readonly HeldDelivery[]): Promise<void> {
    let committed = false;
    try {
      await this.#process(batch, (attempt) => this.#retry(attempt));
      committed = true;
    } catch (error) {
      if (!(error instanceof StoppedError)) this.#fail(error);
    }
    this.#release(batch, committed ? ACK : NAK_LATER);
  }

  async #process(batch: readonly HeldDelivery[], retrying: Retrying): Promise<void> {
    const { process, alone } = this.#options;
    const [first] = batch;
    if (first === undefined || alone === undefined || !this.#isAlone(first))
      return await process(batch, retrying);
    this.#aloneInFlight = true;
    try {
      await alone.process(first, retrying);
    } finally {
      this.#aloneInFlight = false;
    }
  }

  #release(deliveries: readonly HeldDelivery[], answer: string): void {
    this.#answer(deliveries, answer);
    this.#tally[answer === ACK ? "acked" : "returned"] += deliveries.length;
    this.#held -= deliveries.length;
    for (const { data } of deliveries) this.#heldBytes -= data.length;
  }

  /** In one piece. What a closed or lost connection does not carry is delivered again, which is harmless. */
  #answer(deliveries: readonly HeldDelivery[], answer: string): void {
    const { nats } = this.#options;
    if (nats.isClosed()) return;
    const burst = new Burst(deliveries.length * ACK_BYTES);
    for (const { ackSubject } of deliveries) burst.add(ackSubject, answer);
    burst.send(nats);
  }

  #retry<T>(attempt: (number: number) => Promise<T>): Promise<T> {
    const { verdict, onRetry } = this.#options;
    return retry(attempt, {
      stop: this.#stop.signal,
      verdict,
      onPause: (...failure) => {
        this.#retrying++;
        onRetry?.(...failure);
      },
      onResume: () => {
        this.#retrying--;
        this.#dispatch();
        this.#puller.refill();
      },
    });
  }

  #fail(error: unknown): void {
    this.#fatal ??= { error };
    this.stop(0);
  }

  /** Tells the broker that what is held is being worked on, so that no other replica gets it meanwhile. */
  #keepHeld(): void {
    for (const deliveries of [...this.#inFlight.keys(), this.#waiting]) this.#answer(deliveries, WORKING);
  }

  async #finish(): Promise<void> {
    await this.#puller.stop();
    this.#putOff?.giveBack();
    this.#release(this.#waiting, NAK);
    this.#waiting = [];
    const gaveUp = new Promise<void>((resolve) => {
      this.#giveUp.signal.addEventListener("abort", () => resolve(), { once: true });
      if (this.#giveUp.signal.aborted) resolve();
    });
    await Promise.race([Promise.all(this.#inFlight.values()), gaveUp]);
    this.#giveUp.abort();
  }
}
