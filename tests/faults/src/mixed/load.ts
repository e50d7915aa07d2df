import { setTimeout as delay } from "node:timers/promises";
import type { NatsConnection } from "@nats-io/transport-node";
import { store } from "../site/publish.ts";
import { type Message, endlessTraffic } from "../site/traffic.ts";

export interface Load {
  /** Messages that the broker has acknowledged. */
  readonly stored: number;
  /** Times that a message was sent, with those that were sent again because no acknowledgement came. */
  readonly sent: number;
  /** Jobs whose start is among the messages. */
  readonly jobs: number;
  /** No more messages; resolves when the last one is stored. */
  stop(): Promise<void>;
}

const OUTSTANDING = 200;

/** Sends a cluster's messages as they fall due, until it is stopped. */
export function startLoad(nats: NatsConnection, seed: number, jobsPerSecond: number): Load {
  let stored = 0;
  let sent = 0;
  const jobs = new Set<number>();
  const stopped = new AbortController();
  const outstanding = new Set<Promise<void>>();
  const begin = performance.now();
  const storeOne = async (message: Message): Promise<void> => {
    const times = await store(nats, message);
    sent += times;
    stored++;
    if (message.starts !== undefined) jobs.add(message.starts);
  };
  const running = (async (): Promise<void> => {
    for (const message of endlessTraffic(seed, jobsPerSecond)) {
      while (!stopped.signal.aborted && begin + message.due > performance.now()) await delay(20);
      if (stopped.signal.aborted) break;
      const storing = storeOne(message).finally(() => outstanding.delete(storing));
      outstanding.add(storing);
      if (outstanding.size >= OUTSTANDING) await Promise.race(outstanding);
    }
    await Promise.all(outstanding);
  })();
  // Told to whoever stops it.
  running.catch(() => undefined);
  return {
    get stored() {
      return stored;
    },
    get sent() {
      return sent;
    },
    get jobs() {
      return jobs.size;
    },
    stop() {
      stopped.abort();
      return running;
    },
  };
}
