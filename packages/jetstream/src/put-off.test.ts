import { jetstream } from "@nats-io/jetstream";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Delivery } from "./delivery.js";
import { PullLoop } from "./pull-loop.js";
import { bind, newWorker, until, useBroker } from "./testing/broker.js";
import type { Worker } from "./worker.js";

const broker = useBroker();
const RATE = 10;
const FLOOD = 30;

/** Floods one subject, and then sends a few messages on another. */
async function flooded() {
  const worker = newWorker({ perSubjectAndSecond: RATE });
  const wide = { ...worker, subject: `${worker.subject}.*` };
  const consumer = await bind(broker(), wide);
  const js = jetstream(broker().nats);
  const send = async (subject: string, count: number) => {
    for (let i = 0; i < count; i++) await js.publish(`${worker.subject}.${subject}`, `${subject} ${i}`);
  };
  await send("flood", FLOOD);
  await send("other", 3);
  return { worker: wide, consumer };
}

function run(worker: Worker) {
  const seen: Delivery[] = [];
  const putOff = { messages: 0, subjects: new Set<string>() };
  const { stream, durable, batchSize, concurrency, ackWaitSeconds } = worker;
  const loop = new PullLoop({
    nats: broker().nats,
    inboxPrefix: "_INBOX_test",
    stream,
    durable,
    batchSize,
    batchesInFlight: concurrency,
    ackWaitSeconds,
    perSubjectAndSecond: RATE,
    onPutOff(subject, messages) {
      putOff.messages += messages;
      putOff.subjects.add(subject);
    },
    process: async (batch) => void seen.push(...batch),
    verdict: () => "fatal",
  });
  const ended = loop.run();
  onTestFinished(async () => {
    loop.stop(0);
    await ended;
  });
  return { seen, putOff, loop, ended };
}

const texts = (seen: readonly Delivery[]) => seen.map(({ data }) => new TextDecoder().decode(data));
const all = [
  ...Array.from({ length: FLOOD }, (_, i) => `flood ${i}`),
  ...Array.from({ length: 3 }, (_, i) => `other ${i}`),
].toSorted();

test("a subject that sends too much is put off, and keeps no other one waiting; each message comes once, at its turn", async () => {
  const { worker, consumer } = await flooded();
  const { seen, putOff } = run(worker);
  await vi.waitFor(() => expect(texts(seen)).toHaveLength(all.length), until);
  expect(texts(seen).toSorted()).toEqual(all);
  const order = texts(seen);
  expect(order.findLastIndex((text) => text.startsWith("other"))).toBeLessThan(RATE + 3);
  expect(Math.max(...seen.map(({ deliveryCount }) => deliveryCount))).toBe(2);
  expect(putOff).toEqual({
    messages: FLOOD - RATE,
    subjects: new Set([`${worker.subject.slice(0, -1)}flood`]),
  });
  await vi.waitFor(async () => {
    const { num_pending, num_ack_pending, ack_floor } = await consumer.info();
    expect([num_pending, num_ack_pending, ack_floor.stream_seq]).toEqual([0, 0, all.length]);
  }, until);
});

test("of two replicas each lets its own part pass, and nothing is lost or doubled when one of them stops", async () => {
  const { worker } = await flooded();
  const [first, second] = [run(worker), run(worker)];
  await vi.waitFor(() => expect(first.putOff.messages + second.putOff.messages).toBeGreaterThan(0), until);
  first.loop.stop(10_000);
  await first.ended;
  await vi.waitFor(() => expect(first.seen.length + second.seen.length).toBe(all.length), until);
  expect(texts([...first.seen, ...second.seen]).toSorted()).toEqual(all);
});
