import {
  type Msg,
  type NatsConnection,
  type Subscription,
  createInbox,
  headers,
} from "@nats-io/transport-node";

export interface OutgoingMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  /** `Nats-Msg-Id`: a stream that has seen it within its duplicate window stores it once. */
  readonly id: string;
}

/** Not every message is known to be stored. Publishing all of them again is harmless, because of their ids. */
export class PublishError extends Error {
  override readonly name = "PublishError";
}

const TIMEOUT_MS = 5_000;
const UNHEARD = 503;
const E = 0x65;

/** The messages of one call that the broker has not answered for. */
interface Call {
  readonly subjects: readonly string[];
  readonly open: Set<number>;
  readonly settle: (error?: Error) => void;
}

/**
 * Publishes many messages at once and waits until a stream has stored every one of them. One subscription takes all
 * acknowledgements: the client's own way, a request per message, costs seven times as much.
 */
export class StoredPublisher implements Disposable {
  readonly #nats: NatsConnection;
  readonly #inbox: string;
  readonly #acks: Subscription;
  readonly #calls = new Map<number, Call>();
  #nextCall = 0;

  /** `inboxPrefix`: what the connection's user may subscribe to. */
  constructor(nats: NatsConnection, inboxPrefix: string) {
    this.#nats = nats;
    this.#inbox = createInbox(inboxPrefix);
    this.#acks = nats.subscribe(`${this.#inbox}.*.*`, {
      callback: (error, message) => {
        if (error === null) this.#acknowledge(message);
      },
    });
  }

  /**
   * In the order given. `carry` sets further headers on each message.
   *
   * @throws PublishError when one is refused, heard by no stream, or not acknowledged in time
   */
  async publish(
    messages: readonly OutgoingMessage[],
    carry: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    if (messages.length === 0) return;
    const call = this.#nextCall++;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const open = new Set(messages.keys());
    const timer = setTimeout(() => {
      reject(
        new PublishError(
          `no acknowledgement for ${open.size} of ${messages.length} messages, ${nth(messages, open)}`,
        ),
      );
    }, TIMEOUT_MS);
    const settle = (error?: Error): void => (error === undefined ? resolve() : reject(error));
    this.#calls.set(call, { subjects: messages.map(({ subject }) => subject), open, settle });
    try {
      for (const [index, { subject, data, id }] of messages.entries()) {
        const extra = headers();
        extra.set("Nats-Msg-Id", id);
        for (const [key, value] of Object.entries(carry)) extra.set(key, value);
        this.#nats.publish(subject, data, { reply: `${this.#inbox}.${call}.${index}`, headers: extra });
      }
      await promise;
    } catch (error) {
      throw error instanceof PublishError ? error : new PublishError("publishing failed", { cause: error });
    } finally {
      clearTimeout(timer);
      this.#calls.delete(call);
    }
  }

  #acknowledge(message: Msg): void {
    const [call = "", index = ""] = message.subject.slice(this.#inbox.length + 1).split(".");
    const waiting = this.#calls.get(Number(call));
    if (waiting === undefined) return;
    const refusal = refusalOf(message, waiting.subjects[Number(index)] ?? "");
    if (refusal !== undefined) waiting.settle(refusal);
    else if (waiting.open.delete(Number(index)) && waiting.open.size === 0) waiting.settle();
  }

  [Symbol.dispose](): void {
    this.#acks.unsubscribe();
  }
}

function nth(messages: readonly OutgoingMessage[], open: ReadonlySet<number>): string {
  const [first] = open;
  return first === undefined ? "" : `first on ${messages[first]?.subject}`;
}

function refusalOf(message: Msg, subject: string): PublishError | undefined {
  if (message.headers?.code === UNHEARD) return new PublishError(`no stream stores the subject ${subject}`);
  // `{"stream":…` or `{"error":…`: the third byte tells, and only errors are worth parsing.
  if (message.data[2] !== E) return undefined;
  const answer = message.json<{ error?: { description?: string } }>();
  return answer.error === undefined
    ? undefined
    : new PublishError(
        `the broker refused a message on ${subject}: ${answer.error.description ?? "no reason given"}`,
      );
}
