import { setTimeout as delay } from "node:timers/promises";

const PAUSE_MS = 1_000;

/**
 * Repeats `attempt` until it gives a value, telling `onWaiting` whenever it did not. An error that `isPermanent` calls so
 * is thrown at once.
 *
 * @throws the signal's reason when it aborts first
 */
export async function waitFor<T>(
  attempt: () => Promise<T | undefined>,
  options: {
    readonly signal: AbortSignal;
    readonly onWaiting: (error: unknown) => void;
    readonly isPermanent?: (error: unknown) => boolean;
    readonly pauseMs?: number;
  },
): Promise<T> {
  for (;;) {
    options.signal.throwIfAborted();
    let failure: unknown;
    try {
      const value = await attempt();
      if (value !== undefined) return value;
    } catch (error) {
      if (options.isPermanent?.(error) === true) throw error;
      failure = error;
    }
    options.onWaiting(failure);
    await delay(options.pauseMs ?? PAUSE_MS, undefined, { signal: options.signal });
  }
}
