import type { Msg, MsgHdrs } from "@nats-io/transport-node";

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

/** A delivery with the means to settle it, which only the pull loop uses. */
export class HeldDelivery implements Delivery {
  /** What is published here settles the message. */
  readonly ackSubject: string;
  readonly stream: string;
  readonly sequence: number;
  readonly storedAt: bigint;
  readonly deliveryCount: number;
  readonly data: Uint8Array;
  readonly subject: string;
  readonly #headers: MsgHdrs | undefined;

  /** Keeps nothing of the client's message, which is larger than what it tells: thousands are held at once. */
  constructor(message: Msg) {
    this.data = message.data;
    this.subject = message.subject;
    this.#headers = message.headers;
    this.ackSubject = message.reply ?? "";
    const { stream, sequence, storedAt, deliveryCount } = parseAckSubject(this.ackSubject);
    this.stream = stream;
    this.sequence = sequence;
    this.storedAt = storedAt;
    this.deliveryCount = deliveryCount;
  }

  header(name: string): string | undefined {
    const value = this.#headers?.get(name) ?? "";
    return value === "" ? undefined : value;
  }

  headers(): Record<string, string[]> | undefined {
    const headers = this.#headers;
    if (headers === undefined) return undefined;
    return Object.fromEntries(headers.keys().map((key) => [key, headers.values(key)]));
  }
}

/**
 * What the subject of a message's acknowledgement says of it:
 * `$JS.ACK.<stream>.<consumer>.<deliveries>.<stream seq>.<consumer seq>.<nanoseconds>.<pending>`, in newer servers with a domain
 * and an account after `ACK`. Source: ADR-15 of NATS. Read once here: the client takes it apart for each question anew.
 */
export function parseAckSubject(
  subject: string,
): Pick<Delivery, "stream" | "sequence" | "storedAt" | "deliveryCount"> {
  ends.fill(0);
  let tokens = 1;
  for (let dot = subject.indexOf("."); dot !== -1; dot = subject.indexOf(".", dot + 1))
    ends[Math.min(tokens++, MOST_TOKENS)] = dot;
  ends[Math.min(tokens, MOST_TOKENS)] = subject.length;
  const at = tokens === SHORT_FORM ? 2 : 4;
  const token = (n: number): string => subject.slice((ends[n] ?? 0) + 1, ends[n + 1]);
  return {
    stream: token(at),
    deliveryCount: Number(token(at + 2)),
    sequence: Number(token(at + 3)),
    storedAt: BigInt(token(at + 5)),
  };
}

const SHORT_FORM = 9;
const MOST_TOKENS = 15;
/** Where each token ends, and the next begins one further. In one place, since an array of tokens for each message is garbage at once. */
const ends = new Int32Array(MOST_TOKENS + 1);
