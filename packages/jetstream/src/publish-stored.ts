import { type Msg, type NatsConnection, createInbox } from "@nats-io/transport-node";
import { Burst } from "./burst.js";

export interface OutgoingMessage {
  readonly subject: string;
  readonly text: string;
  /** `Nats-Msg-Id`: a stream that has seen it within its duplicate window stores it once. Without control characters. */
  readonly id: string;
}

/** Not every message is known to be stored. Publishing all of them again is harmless, because of their ids. */
export class PublishError extends Error {
  override readonly name = "PublishError";
}

const TIMEOUT_MS = 5_000;
const UNHEARD = 503;
const E = 0x65;
const EXPECTED_BYTES = 384;

/**
 * Publishes messages, in the order given, and waits until a stream has stored every one of them. One subscription takes all
 * acknowledgements: the client's own way, a request per message, costs ten times as much.
 *
 * `inboxPrefix`: what the connection's user may subscribe to. `carry`: further headers of each message.
 *
 * @throws PublishError when one is refused, heard by no stream, or not acknowledged in time
 */
export async function publishStored(
  nats: NatsConnection,
  inboxPrefix: string,
  messages: readonly OutgoingMessage[],
  carry: Readonly<Record<string, string>> = {},
): Promise<void> {
  const [first] = messages;
  if (first === undefined) return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let open = messages.length;
  const timer = setTimeout(() => {
    const what = `${open} of ${messages.length} messages, such as one on ${first.subject}`;
    reject(new PublishError(`no acknowledgement for ${what}`));
  }, TIMEOUT_MS);
  const reply = createInbox(inboxPrefix);
  try {
    const acknowledgements = nats.subscribe(reply, {
      callback(error, message) {
        const refusal = error ?? refusalOf(message, first.subject);
        if (refusal !== undefined) reject(refusal);
        else if (--open === 0) resolve();
      },
    });
    try {
      const burst = new Burst(messages.length * EXPECTED_BYTES);
      const carried = Object.entries(carry).map(([name, value]) => `${name}: ${value}\r\n`);
      const further = carried.join("");
      for (const { subject, text, id } of messages)
        burst.addWithHeaders(subject, reply, `Nats-Msg-Id: ${id}\r\n${further}`, text);
      burst.send(nats);
      await promise;
    } finally {
      acknowledgements.unsubscribe();
    }
  } catch (error) {
    throw error instanceof PublishError
      ? error
      : new PublishError(`publishing failed: ${String(error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function refusalOf(message: Msg, subject: string): PublishError | undefined {
  if (message.headers?.code === UNHEARD) return new PublishError(`no stream stores the subject ${subject}`);
  // `{"stream":…` or `{"error":…`: the third byte tells, and only errors are worth parsing.
  if (message.data[2] !== E) return undefined;
  const { error } = message.json<{ error?: { description?: string } }>();
  if (error === undefined) return undefined;
  return new PublishError(
    `the broker refused a message such as on ${subject}: ${error.description ?? "no reason given"}`,
  );
}
