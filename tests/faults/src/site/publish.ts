import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { jetstream } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { SUBJECTS } from "./replica.ts";
import type { Message } from "./traffic.ts";

const PATIENCE_MS = 120_000;
const AGAIN_AFTER_MS = 200;
const OUTSTANDING = 20;

interface StoreOptions {
  /** It bears a Nats-Msg-Id, by which the broker knows it again: for tests that count what comes of it. */
  readonly once?: true;
}

/**
 * Stores a message, asking again until the broker has acknowledged it: one whose acknowledgement was lost or late is then stored
 * twice, unless it is to be stored once.
 *
 * @returns how often it was sent
 */
export async function store(
  nats: NatsConnection,
  { to, bytes }: Message,
  { once }: StoreOptions = {},
): Promise<number> {
  const id = once === true ? { msgID: randomUUID() } : {};
  const deadline = performance.now() + PATIENCE_MS;
  for (let sent = 1; ; sent++) {
    try {
      await jetstream(nats, { timeout: 1_000 }).publish(SUBJECTS[to], bytes, id);
      return sent;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(AGAIN_AFTER_MS);
    }
  }
}

/** Stores messages in about their order. */
export async function storeAll(
  nats: NatsConnection,
  messages: readonly Message[],
  options: StoreOptions = {},
): Promise<void> {
  for (let i = 0; i < messages.length; i += OUTSTANDING)
    await Promise.all(messages.slice(i, i + OUTSTANDING).map((message) => store(nats, message, options)));
}
