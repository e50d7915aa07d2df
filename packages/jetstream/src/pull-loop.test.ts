import { isAtLeast } from "@cc-ingest/access";
import { type JsMsg, jetstream } from "@nats-io/jetstream";
import { headers } from "@nats-io/transport-node";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Delivery } from "./delivery.js";
import { PullLoop, type PullLoopOptions } from "./pull-loop.js";
import { bind, newWorker, publish, settled, until, useBroker } from "./testing/broker.js";
import type { Worker } from "./worker.js";

const broker = useBroker();

const numbers = (batch: readonly Delivery[]) =>
  batch.map(({ data }) => Number(new TextDecoder().decode(data)));

/** Runs a loop for the length of a test. */
function run(worker: Worker, options: Partial<PullLoopOptions>) {
  const loop = new PullLoop({
    nats: broker().nats,
    inboxPrefix: "_INBOX_test",
    stream: worker.stream,
    durable: worker.durable,
    batchSize: worker.batchSize,
    batchesInFlight: worker.concurrency,
    ackWaitSeconds: worker.ackWaitSeconds,
    process: async () => undefined,
    verdict: () => "fatal",
    ...options,
  });
  const ended = loop.run();
  // Rejections are looked at by the tests that expect one.
  ended.catch(() => undefined);
  onTestFinished(async () => {
    loop.stop(0);
    await ended.catch(() => undefined);
  });
  return { loop, ended };
}

test("a backlog is processed once, in batches of the size asked for, and acknowledged", async () => {
  const worker = newWorker({ batchSize: 7, concurrency: 3 });
  const consumer = await bind(broker(), worker);
  await publish(broker(), worker.subject, 100);
  const seen: number[][] = [];
  let now = 0;
  let most = 0;
  run(worker, {
    async process(batch) {
      most = Math.max(most, ++now);
      seen.push(numbers(batch));
      await Promise.resolve();
      now--;
    },
  });
  await settled(broker(), consumer);
  expect(seen.flat().toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  expect(Math.max(...seen.map((batch) => batch.length))).toBeLessThanOrEqual(7);
  expect(most).toBeLessThanOrEqual(3);
  expect((await consumer.info()).delivered.consumer_seq).toBe(100);
});

test("the next batches are fetched and worked on while the last one commits", async () => {
  const worker = newWorker({ batchSize: 2, concurrency: 2 });
  const consumer = await bind(broker(), worker);
  await publish(broker(), worker.subject, 6);
  const commit = Promise.withResolvers<void>();
  const begun: number[][] = [];
  const { loop } = run(worker, {
    process(batch) {
      begun.push(numbers(batch));
      return commit.promise;
    },
  });
  // Two are under way, and a third one has formed: none of them waits for another's commit.
  await vi.waitFor(
    () =>
      expect([begun, loop.held]).toEqual([
        [
          [1, 2],
          [3, 4],
        ],
        6,
      ]),
    until,
  );
  expect((await consumer.info()).ack_floor.stream_seq).toBe(0);
  commit.resolve();
  await settled(broker(), consumer);
  expect(begun).toEqual([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
});

test("a lone message does not wait for company", async () => {
  const worker = newWorker({ batchSize: 1000 });
  const consumer = await bind(broker(), worker);
  const seen: number[][] = [];
  run(worker, { process: async (batch) => void seen.push(numbers(batch)) });
  await publish(broker(), worker.subject, 1);
  await settled(broker(), consumer);
  expect(seen).toEqual([[1]]);
});

test("nothing is acknowledged before its batch is committed", async () => {
  const worker = newWorker();
  const consumer = await bind(broker(), worker);
  await publish(broker(), worker.subject, 3);
  const commit = Promise.withResolvers<void>();
  const { loop } = run(worker, { process: () => commit.promise });
  await vi.waitFor(() => expect(loop.held).toBe(3), until);
  await broker().nats.flush();
  const before = await consumer.info();
  expect([before.num_ack_pending, before.ack_floor.stream_seq]).toEqual([3, 0]);
  commit.resolve();
  await settled(broker(), consumer);
});

test("infrastructure trouble repeats the attempt, pauses pulling, and acknowledges nothing", async () => {
  const worker = newWorker({ batchSize: 2 });
  const consumer = await bind(broker(), worker);
  await publish(broker(), worker.subject, 20);
  let down = true;
  const processed: number[][] = [];
  const { loop } = run(worker, {
    async process(batch, retrying) {
      processed.push(numbers(batch));
      await retrying(async () => {
        if (down) throw new Error("database down");
      });
    },
    verdict: () => "retry",
  });
  await vi.waitFor(() => expect(loop.retrying).toBe(true), until);
  expect((await consumer.info()).ack_floor.stream_seq).toBe(0);
  down = false;
  await settled(broker(), consumer);
  // Decoded once each: only the attempt is repeated.
  expect(processed.flat().toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
});

test("a held batch stays ours beyond the ack wait", async () => {
  const worker = newWorker({ ackWaitSeconds: 1 });
  const consumer = await bind(broker(), worker);
  // The clock: a consumer with the same ack wait that never acknowledges sees its message again each time it passes.
  const clock = await bind(broker(), { ...worker, durable: `${worker.durable}_clock` });
  await publish(broker(), worker.subject, 1);
  const commit = Promise.withResolvers<void>();
  const { loop } = run(worker, { process: () => commit.promise });
  await vi.waitFor(() => expect(loop.held).toBe(1), until);
  for (let delivery = 1; delivery <= 4; delivery++) {
    const message = await clock.next({ expires: 10_000 });
    expect(message?.info.deliveryCount).toBe(delivery);
  }
  expect((await consumer.info()).num_redelivered).toBe(0);
  commit.resolve();
  await settled(broker(), consumer);
});

test("stop lets the batch in flight commit and gives back what no batch has taken", async () => {
  // Servers below 2.10 may keep one of them until the ack wait is over, and offer another one twice.
  const atOnce = isAtLeast(broker().nats.info?.version ?? "", "2.10.0");
  const worker = newWorker({ batchSize: 5, concurrency: 1, ackWaitSeconds: atOnce ? 30 : 2 });
  const consumer = await bind(broker(), worker);
  await publish(broker(), worker.subject, 9);
  const commit = Promise.withResolvers<void>();
  const taken: number[] = [];
  const { loop, ended } = run(worker, {
    process(batch) {
      taken.push(...numbers(batch));
      return commit.promise;
    },
  });
  await vi.waitFor(() => expect(loop.held).toBe(9), until);
  loop.stop(60_000);
  commit.resolve();
  await ended;
  expect(loop.tally).toMatchObject({ received: 9, acked: 5, returned: 4, full: 1, idle: 0 });
  // Another replica gets the rest at once, long before the ack wait.
  const rest: number[] = [];
  run(worker, { process: async (batch) => void rest.push(...numbers(batch)) });
  await settled(broker(), consumer);
  expect(taken).toHaveLength(5);
  const all = atOnce ? [...taken, ...rest] : [...new Set([...taken, ...rest])];
  expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 9 }, (_, i) => i + 1));
});

test("stop gives up on a batch that can't commit within the grace period", async () => {
  const worker = newWorker();
  const consumer = await bind(broker(), worker);
  await publish(broker(), worker.subject, 2);
  const { loop, ended } = run(worker, { process: () => new Promise<void>(() => undefined) });
  await vi.waitFor(() => expect(loop.held).toBe(2), until);
  loop.stop(50);
  await ended;
  expect((await consumer.info()).ack_floor.stream_seq).toBe(0);
});

test("a fatal error ends the loop and gives the messages back", async () => {
  const worker = newWorker();
  const consumer = await bind(broker(), worker);
  await publish(broker(), worker.subject, 3);
  const broken = new Error("the schema is gone");
  const { ended } = run(worker, { process: () => Promise.reject(broken) });
  await expect(ended).rejects.toBe(broken);
  const rest: number[] = [];
  run(worker, { process: async (batch) => void rest.push(...numbers(batch)) });
  await settled(broker(), consumer);
  expect(rest.toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
});

test("two loops on one durable share the backlog and double nothing", async () => {
  const worker = newWorker({ batchSize: 5, concurrency: 1 });
  const consumer = await bind(broker(), worker);
  await publish(broker(), worker.subject, 400);
  const shares: number[][] = [[], []];
  for (const share of shares) run(worker, { process: async (batch) => void share.push(...numbers(batch)) });
  await settled(broker(), consumer);
  expect(shares.flat().toSorted((a, b) => a - b)).toEqual(Array.from({ length: 400 }, (_, i) => i + 1));
  expect(Math.min(...shares.map((share) => share.length))).toBeGreaterThan(0);
});

test("a delivery keeps its bytes, headers and the time the stream stored it", async () => {
  const worker = newWorker();
  const consumer = await bind(broker(), worker);
  const sent = headers();
  sent.append("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  const { seq } = await jetstream(broker().nats).publish(worker.subject, "42", { headers: sent });
  const seen: Delivery[] = [];
  run(worker, { process: async (batch) => void seen.push(...batch) });
  await settled(broker(), consumer);
  const stored = await broker().jsm.streams.getMessage(worker.stream, { seq });
  expect(seen[0]).toMatchObject({
    subject: worker.subject,
    stream: worker.stream,
    sequence: seq,
    deliveryCount: 1,
  });
  expect(seen[0]?.header("traceparent")).toMatch(/^00-0af7/);
  expect(seen[0]?.header("absent")).toBeUndefined();
  expect(seen[0]?.headers()).toEqual({ traceparent: [sent.get("traceparent")] });
  expect(new Date(Number((seen[0]?.storedAt ?? 0n) / 1_000_000n)).toISOString()).toBe(
    stored?.time.toISOString(),
  );
});

test("a message that was delivered too often is processed by itself, with nothing beside it", async () => {
  const worker = newWorker({ batchSize: 4, concurrency: 3 });
  const consumer = await bind(broker(), worker);
  // Ten have been delivered twice before, ten have not.
  await publish(broker(), worker.subject, 10);
  for (let delivery = 1; delivery < 3; delivery++) {
    const delivered: JsMsg[] = [];
    for await (const message of await consumer.fetch({ max_messages: 10, expires: 30_000 }))
      delivered.push(message);
    for (const message of delivered) message.nak();
  }
  await publish(broker(), worker.subject, 10);
  const alone: number[] = [];
  const together: number[] = [];
  const company: number[] = [];
  let inFlight = 0;
  /** How many others are at work, at any of a hundred looks. */
  const work = async (): Promise<number> => {
    inFlight++;
    let most = 0;
    for (let look = 0; look < 100; look++) {
      most = Math.max(most, inFlight - 1);
      await new Promise((resolve) => setImmediate(resolve));
    }
    inFlight--;
    return most;
  };
  run(worker, {
    async process(batch) {
      together.push(...numbers(batch));
      await work();
    },
    alone: {
      fromDelivery: 3,
      async process(delivery) {
        alone.push(...numbers([delivery]));
        company.push(await work());
      },
    },
  });
  await settled(broker(), consumer);
  expect(alone).toHaveLength(10);
  expect(Math.max(...company)).toBe(0);
  const ten = Array.from({ length: 10 }, (_, i) => i + 1);
  expect([alone, together].map((each) => each.toSorted((a, b) => a - b))).toEqual([ten, ten]);
});
