import { type StoredMessage, firstStoredAfter, messageAt } from "@cc-ingest/jetstream";
import type { JetStreamManager } from "@nats-io/jetstream";

/** A time in which a message may have been stored: nanoseconds since the epoch. */
export interface TimeSpan {
  readonly from: bigint;
  readonly to: bigint;
}

export interface Searched {
  readonly found: readonly StoredMessage[];
  /** How many were looked at. */
  readonly looked: number;
  /** Whether it was given up before the end. */
  readonly cutShort: boolean;
}

const AT_ONCE = 200;

export interface SearchOptions {
  readonly stream: string;
  readonly spans: readonly TimeSpan[];
  readonly matches: (message: StoredMessage) => boolean;
  /** Messages at most. */
  readonly budget: number;
  readonly end: AbortSignal;
}

/** Looks through what a stream has stored in these times, a message once. */
export async function searchStream(
  jsm: JetStreamManager,
  { stream, spans, matches, budget, end }: SearchOptions,
): Promise<Searched> {
  const { state } = await jsm.streams.info(stream);
  const range = { first: state.first_seq, last: state.last_seq };
  const found: StoredMessage[] = [];
  let [looked, next, cutShort] = [0, range.first, false];
  for (const { from, to } of merged(spans)) {
    next = Math.max(next, await firstStoredAfter(jsm, stream, range, from));
    for (let over = false; !over && next <= range.last;) {
      if (looked >= budget || end.aborted) {
        cutShort = true;
        break;
      }
      const count = Math.min(AT_ONCE, range.last - next + 1, budget - looked);
      const sequences = Array.from({ length: count }, (_, index) => next + index);
      const messages = await Promise.all(sequences.map((sequence) => messageAt(jsm, stream, sequence)));
      const inside = messages.filter((message) => message !== undefined && message.storedAt <= to);
      over = inside.length < messages.filter((message) => message !== undefined).length;
      found.push(
        ...(inside.filter((message) => message !== undefined && matches(message)) as StoredMessage[]),
      );
      looked += inside.length;
      next += over ? inside.length : count;
    }
  }
  return { found, looked, cutShort };
}

/** In the order of time, without what is in two of them. Pure. */
export function merged(spans: readonly TimeSpan[]): TimeSpan[] {
  const result: TimeSpan[] = [];
  for (const span of spans.toSorted((a, b) => (a.from < b.from ? -1 : 1))) {
    const last = result.at(-1);
    if (last === undefined || span.from > last.to) result.push(span);
    else result[result.length - 1] = { from: last.from, to: span.to > last.to ? span.to : last.to };
  }
  return result;
}
