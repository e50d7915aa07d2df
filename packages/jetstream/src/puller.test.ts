import type { Msg } from "@nats-io/transport-node";
import { expect, onTestFinished, test, vi } from "vitest";
import { Puller } from "./puller.js";
import { bind, newWorker, publish, until, useBroker } from "./testing/broker.js";

const broker = useBroker();

test.each([1, 9, 10, 25, 99])(
  "what it holds never exceeds its room, the first %i let go at once",
  async (first) => {
    const room = 10;
    const worker = newWorker();
    const consumer = await bind(broker(), worker);
    await publish(broker(), worker.subject, 150);
    let came = 0;
    const held: Msg[] = [];
    const puller = new Puller(
      { nats: broker().nats, inboxPrefix: "_INBOX_test", stream: worker.stream, durable: worker.durable },
      {
        onMessage: (message) => void (++came > first && held.push(message)),
        room: () => ({ messages: room - held.length, bytes: 10_000_000 }),
        onStatus: (status) => expect.fail(status),
        onEnd: (error) => expect.fail(String(error)),
      },
    );
    onTestFinished(() => puller.stop());
    puller.start();
    // Nothing more comes once there is no room, the broker knows of no request, and what it has sent is here.
    await vi.waitFor(async () => {
      expect(held.length).toBeGreaterThanOrEqual(room);
      const { num_waiting: open, delivered } = await consumer.info();
      expect([open, delivered.consumer_seq]).toEqual([0, came]);
    }, until);
    expect(held.length).toBe(room);
  },
);
