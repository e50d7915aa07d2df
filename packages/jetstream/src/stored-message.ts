import type { JetStreamManager, SeqMsgRequest, StoredMsg } from "@nats-io/jetstream";

/** A message as a stream holds it, looked at without a consumer. */
export interface StoredMessage {
  readonly stream: string;
  readonly sequence: number;
  readonly subject: string;
  /** When the stream stored it: nanoseconds since the epoch. */
  readonly storedAt: bigint;
  readonly data: Uint8Array;
  readonly headers: Readonly<Record<string, readonly string[]>> | undefined;
}

/** The message with this sequence; undefined when the stream does not hold it, or not any more. */
export async function messageAt(
  jsm: JetStreamManager,
  stream: string,
  sequence: number,
): Promise<StoredMessage | undefined> {
  return await get(jsm, stream, { seq: sequence });
}

/** The first message from this sequence on; undefined when there is none yet. */
export async function messageFrom(
  jsm: JetStreamManager,
  stream: string,
  sequence: number,
): Promise<StoredMessage | undefined> {
  // The client's type of this request leaves the subject out, servers since 2.9 know it.
  const query: SeqMsgRequest & { readonly next_by_subj: string } = { seq: sequence, next_by_subj: ">" };
  return await get(jsm, stream, query);
}

async function get(
  jsm: JetStreamManager,
  stream: string,
  query: SeqMsgRequest,
): Promise<StoredMessage | undefined> {
  const found = await jsm.streams.getMessage(stream, query);
  return found === null ? undefined : stored(stream, found);
}

function stored(stream: string, message: StoredMsg): StoredMessage {
  const { header, subject, seq } = message;
  const names = header.keys();
  return {
    stream,
    sequence: seq,
    subject,
    storedAt: nanoseconds(message.timestamp),
    data: message.data,
    headers:
      names.length === 0 ? undefined : Object.fromEntries(names.map((name) => [name, header.values(name)])),
  };
}

/** Of RFC 3339 in UTC, as the server writes it: with as many digits behind the point as it needs. */
function nanoseconds(timestamp: string): bigint {
  const [whole = "", fraction = ""] = timestamp.replace(/Z$/, "").split(".");
  return BigInt(Date.parse(`${whole}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}

/** The sequence of the first message stored at that time or later, between these two; `last + 1` when there is none. Halves the range each time. */
export async function firstStoredAfter(
  jsm: JetStreamManager,
  stream: string,
  { first, last }: { readonly first: number; readonly last: number },
  time: bigint,
): Promise<number> {
  let [low, high] = [first, last + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const message = await messageFrom(jsm, stream, middle);
    if (message === undefined || message.sequence >= high) high = middle;
    else if (message.storedAt >= time) high = middle;
    else low = message.sequence + 1;
  }
  return low;
}
