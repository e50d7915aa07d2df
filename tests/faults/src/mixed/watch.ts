import type { JetStreamManager } from "@nats-io/jetstream";
import { NAMES, type ServiceName } from "../site/replica.ts";
import { backlog, repeatedDeliveries } from "../verdict/drained.ts";

const LOOK_EVERY_MS = 500;

export interface Watch extends Disposable {
  /** Messages not yet acknowledged by the services; undefined while the broker does not answer. */
  readonly backlog: number | undefined;
  /** The longest time for which a service had messages to work on and finished none. */
  readonly longestStallMs: number;
  /** Deliveries of a message beyond its first. */
  readonly repeated: number;
}

/** Looks all the time whether both services get on. */
export function startWatch(jsm: JetStreamManager): Watch {
  const seen = new Map<ServiceName, { left: number | undefined; since: number }>(
    NAMES.map((name) => [name, { left: 0, since: performance.now() }]),
  );
  let longestStallMs = 0;
  const deliveries = new Map(NAMES.map((name) => [name, { before: 0, sum: 0 }]));
  const countRepeated = async (name: ServiceName): Promise<void> => {
    const count = deliveries.get(name);
    const now = await repeatedDeliveries(jsm, name).catch(() => undefined);
    if (count === undefined || now === undefined) return;
    // A consumer made anew counts from 0.
    count.sum += Math.max(0, now - count.before);
    count.before = now;
  };
  let looking = false;
  const look = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    for (const [name, last] of seen) {
      const left = await backlog(jsm, name);
      const now = performance.now();
      // Fewer left than before: finished some. More: some came, and perhaps none was finished.
      if (left === 0 || (left !== undefined && last.left !== undefined && left < last.left)) last.since = now;
      else longestStallMs = Math.max(longestStallMs, now - last.since);
      if (left !== undefined) last.left = left;
      await countRepeated(name);
    }
    looking = false;
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  return {
    get backlog() {
      const all = [...seen.values()].map(({ left }) => left);
      return all.reduce<number | undefined>(
        (sum, left) => (sum === undefined || left === undefined ? undefined : sum + left),
        0,
      );
    },
    get longestStallMs() {
      return longestStallMs;
    },
    get repeated() {
      return [...deliveries.values()].reduce((total, { sum }) => total + sum, 0);
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
