import { setTimeout as delay } from "node:timers/promises";

/** `attempt` is told which one it is: 1, 2, … */
export type Retrying = <T>(attempt: (number: number) => Promise<T>) => Promise<T>;

const FIRST_PAUSE_MS = 50;
const LAST_PAUSE_MS = 5_000;

/** The loop stops while a batch waits for infrastructure: its messages go back to the broker. */
export class StoppedError extends Error {}

export interface RetryOptions {
  readonly stop: AbortSignal;
  readonly verdict: (error: unknown) => "retry" | "fatal";
  readonly onPause: (error: unknown, attempt: number, pauseMs: number) => void;
  readonly onResume: () => void;
}

/**
 * Repeats an attempt, with growing pauses and jitter, for as long as its failures are of the kind that passes.
 *
 * @throws a fatal failure, or StoppedError
 */
export async function retry<T>(
  attempt: (number: number) => Promise<T>,
  { stop, verdict, onPause, onResume }: RetryOptions,
): Promise<T> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await attempt(attempts);
    } catch (error) {
      if (verdict(error) === "fatal") throw error;
      const ceiling = Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LAST_PAUSE_MS);
      const pause = ceiling * (0.5 + Math.random() / 2);
      onPause(error, attempts, pause);
      try {
        await delay(pause, undefined, { signal: stop });
      } catch {
        throw new StoppedError("stopped while waiting to try again", { cause: error });
      } finally {
        onResume();
      }
    }
  }
}
