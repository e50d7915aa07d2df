import { setTimeout as delay } from "node:timers/promises";
import { isUnheard, permissionViolation } from "@cc-ingest/jetstream";
import { type JetStreamClient, type JetStreamPublishOptions, jetstream } from "@nats-io/jetstream";
import { TimeoutError } from "@nats-io/nats-core";
import type { NatsConnection } from "@nats-io/transport-node";
import { CliError } from "./cli-error.js";
import { exitCodes } from "./exit-codes.js";

/** The messages of one stream that the broker has acknowledged. */
export interface Stored {
  readonly stream: string;
  readonly count: number;
  /** Of them, those whose id the stream had seen already. */
  readonly duplicates: number;
  readonly firstSequence: number;
  readonly lastSequence: number;
}

const OUTSTANDING = 256;
const RETRY_EVERY_MS = 250;
const GIVE_UP_MS = 60_000;

/**
 * Publishes in order and counts what streams have stored. A message whose acknowledgement is lost is sent again, so a
 * stream may hold it twice, but never less than is counted.
 */
export class AckedPublisher {
  readonly #client: JetStreamClient;
  readonly #stored = new Map<string, Stored>();
  #outstanding = 0;
  #failure: { readonly error: unknown } | undefined;
  /** Called when an acknowledgement has come. */
  #settled: () => void = () => {};

  constructor(nats: NatsConnection) {
    this.#client = jetstream(nats);
  }

  /**
   * Resolves when there is room for the next one. For one caller at a time.
   *
   * @throws what an earlier message failed with
   */
  async publish(
    subject: string,
    bytes: Uint8Array,
    options: Partial<JetStreamPublishOptions> = {},
  ): Promise<void> {
    this.#outstanding += 1;
    void this.#send(subject, bytes, options)
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#outstanding -= 1;
        this.#settled();
      });
    // Whether it works at all is learnt with a single message.
    await this.#until(this.#stored.size === 0 ? 0 : OUTSTANDING - 1);
  }

  /** Waits for every acknowledgement. @throws what a message failed with */
  async finish(): Promise<void> {
    await this.#until(0);
  }

  get stored(): readonly Stored[] {
    return [...this.#stored.values()];
  }

  get count(): number {
    return this.stored.reduce((sum, { count }) => sum + count, 0);
  }

  async #until(outstanding: number): Promise<void> {
    while (this.#outstanding > outstanding && this.#failure === undefined)
      await new Promise<void>((resolve) => {
        this.#settled = resolve;
      });
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #send(subject: string, bytes: Uint8Array, options: Partial<JetStreamPublishOptions>): Promise<void> {
    const deadline = performance.now() + GIVE_UP_MS;
    for (;;) {
      try {
        const { stream, seq, duplicate } = await this.#client.publish(subject, bytes, options);
        this.#note(stream, seq, duplicate);
        return;
      } catch (error) {
        // Before the first acknowledgement it is the set-up that is wrong, and waiting would not mend it.
        const worthwhile = this.#stored.size > 0 && (isTimeout(error) || isUnheard(error));
        if (!worthwhile || performance.now() > deadline) throw explainFailure(error, subject);
        await delay(RETRY_EVERY_MS);
      }
    }
  }

  #note(stream: string, sequence: number, duplicate: boolean): void {
    const before = this.#stored.get(stream);
    this.#stored.set(stream, {
      stream,
      count: (before?.count ?? 0) + 1,
      duplicates: (before?.duplicates ?? 0) + (duplicate ? 1 : 0),
      firstSequence: Math.min(before?.firstSequence ?? sequence, sequence),
      lastSequence: Math.max(before?.lastSequence ?? sequence, sequence),
    });
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof TimeoutError;
}

function explainFailure(cause: unknown, subject: string): unknown {
  if (isUnheard(cause))
    return new CliError(
      exitCodes.needsPerson,
      `no stream stores the subject ${subject}: run "ccingest provision", or publish unacknowledged with --core`,
      { cause },
    );
  if (isTimeout(cause))
    return new CliError(
      exitCodes.failed,
      `no acknowledgement came for a message on ${subject}; it may be stored all the same`,
      { cause },
    );
  if (permissionViolation(cause)?.operation === "subscription")
    return new CliError(
      exitCodes.needsPerson,
      `this user may publish but not receive acknowledgements: use --core. The first message may be stored all the same`,
      { cause },
    );
  return cause;
}
