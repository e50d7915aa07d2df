import { useNats } from "@cc-ingest/devstack/testing";
import { type Consumer, type JetStreamManager, jetstream, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { afterAll, beforeAll, expect, vi } from "vitest";
import { connectOnce } from "../connect/connect.js";
import { type Worker, ensureWorker } from "../worker.js";

export const streams = { maxAgeSeconds: 0, maxBytes: -1, replicas: 1 };

export const until = { timeout: 60_000, interval: 10 };

export interface Broker {
  readonly nats: NatsConnection;
  readonly jsm: JetStreamManager;
}

/** A connection to a broker of this file's own. */
export function useBroker(): () => Broker {
  const server = useNats();
  let broker: Broker | undefined;
  beforeAll(async () => {
    const nats = await connectOnce({ servers: [server().url], name: "test" });
    broker = { nats, jsm: await jetstreamManager(nats) };
  });
  afterAll(() => broker?.nats.close());
  return () => {
    if (broker === undefined) throw new Error("only inside a test");
    return broker;
  };
}

let next = 0;

/** A worker with a subject, stream and durable of its own. */
export function newWorker(overrides: Partial<Worker> = {}): Worker {
  const name = `t${next++}`;
  return {
    subject: `${name}.event`,
    stream: name.toUpperCase(),
    durable: name,
    batchSize: 10,
    concurrency: 2,
    ackWaitSeconds: 30,
    ...overrides,
  };
}

/** Makes the worker's stream and consumer and binds to it. */
export async function bind({ nats, jsm }: Broker, worker: Worker) {
  const stream = await ensureWorker(jsm, worker, streams, "auto");
  return await jetstream(nats).consumers.get(stream, worker.durable);
}

/** Publishes numbered messages and waits until the stream has stored them. */
export async function publish({ nats }: Broker, subject: string, count: number): Promise<void> {
  const js = jetstream(nats);
  await Promise.all(Array.from({ length: count }, (_, i) => js.publish(subject, String(i + 1))));
}

/** Waits until everything in the consumer's stream is acknowledged. */
export async function settled({ jsm }: Broker, consumer: Consumer): Promise<void> {
  await vi.waitFor(async () => {
    const info = await consumer.info();
    const { state } = await jsm.streams.info(info.stream_name);
    // The broker counts a message that it has just stored as pending only a little later.
    expect(info.delivered.stream_seq).toBeGreaterThanOrEqual(state.last_seq);
    expect([info.num_pending, info.num_ack_pending]).toEqual([0, 0]);
  }, until);
}
