import { setTimeout as delay } from "node:timers/promises";
import { type Message, traffic } from "./traffic.ts";

/** Traffic that goes on until it is ended. */
export interface Load {
  /** Waits until the broker has all of it. */
  end(): Promise<void>;
}

const AT_FIRST = 150;
const ROUND = 10;
const PAUSE_MS = 200;

/**
 * What so many jobs cause at once, then a little again and again: whatever fails meanwhile, and however late, each service still
 * has something to do by which it notices. `nextSeed` never gives the same number twice.
 */
export function startLoad(
  publish: (messages: readonly Message[]) => Promise<void>,
  nextSeed: () => number,
): Load {
  const ended = new AbortController();
  const goOn = async (): Promise<void> => {
    await publish(traffic(AT_FIRST, nextSeed()));
    while (!ended.signal.aborted) {
      await publish(traffic(ROUND, nextSeed()));
      await delay(PAUSE_MS);
    }
  };
  const done = goOn();
  // Who ends it learns of the failure; until then it is not unhandled.
  done.catch(() => undefined);
  return {
    end() {
      ended.abort();
      return done;
    },
  };
}
