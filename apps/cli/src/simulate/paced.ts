import { setTimeout as delay } from "node:timers/promises";

export interface Pace {
  /** Each message when it is due; else as fast as they are taken. */
  readonly realTime: boolean;
  /** Messages per second at most. */
  readonly rateLimit?: number;
  readonly signal: AbortSignal;
}

/** The messages, each when it is time for it. Ends early when the signal aborts. */
export async function* paced<T extends { readonly due: number }>(
  messages: Iterable<T>,
  { realTime, rateLimit, signal }: Pace,
): AsyncGenerator<T, undefined> {
  const began = performance.now();
  let index = 0;
  for (const message of messages) {
    const earliest = rateLimit === undefined ? 0 : (index * 1000) / rateLimit;
    const wait = Math.max(earliest, realTime ? message.due : 0) - (performance.now() - began);
    if (wait > 1) await delay(wait, undefined, { signal }).catch(() => {});
    if (signal.aborted) return undefined;
    yield message;
    index += 1;
  }
  return undefined;
}
