import { AckPolicy, jetstream } from "@nats-io/jetstream";
import { expect, test } from "vitest";
import { type RangeConsumerSpec, ensureRangeConsumer, isGone, sequenceAt } from "./range-consumer.js";
import { bind, newWorker, publish, useBroker } from "./testing/broker.js";

const broker = useBroker();

async function stage(): Promise<RangeConsumerSpec> {
  const worker = newWorker();
  await bind(broker(), worker);
  await publish(broker(), worker.subject, 9);
  const { stream, subject } = worker;
  const limits = { ackWaitSeconds: 30, maxAckPending: 100 };
  return { stream, subject, name: "again", firstSequence: 4, purpose: "rebuild", ...limits };
}

/** Acknowledges the next message. */
async function readOne({ stream, name }: RangeConsumerSpec): Promise<number | undefined> {
  const message = await (await jetstream(broker().nats).consumers.get(stream, name)).next();
  await message?.ackAck();
  return message?.seq;
}

test("who comes again for the same purpose goes on behind what was acknowledged", async () => {
  const spec = await stage();
  const { info, resumed } = await ensureRangeConsumer(broker().jsm, spec);
  expect([resumed, info.num_pending, info.config.ack_policy]).toEqual([false, 6, AckPolicy.Explicit]);
  expect(await readOne(spec)).toBe(4);
  const again = await ensureRangeConsumer(broker().jsm, spec);
  expect([again.resumed, again.info.num_pending]).toEqual([true, 5]);
  expect(await readOne(spec)).toBe(5);
});

test("another purpose, or an earlier begin, begins anew", async () => {
  const spec = await stage();
  await ensureRangeConsumer(broker().jsm, spec);
  await readOne(spec);
  const other = { ...spec, purpose: "another database" };
  expect((await ensureRangeConsumer(broker().jsm, other)).resumed).toBe(false);
  expect(await readOne(other)).toBe(4);
  const earlier = { ...other, firstSequence: 2 };
  expect((await ensureRangeConsumer(broker().jsm, earlier)).resumed).toBe(false);
  expect(await readOne(earlier)).toBe(2);
});

test("a time is the sequence of the first message stored then or later", async () => {
  const { stream } = await stage();
  const { jsm } = broker();
  const first = await jsm.streams.getMessage(stream, { seq: 1 });
  const begin = first?.time.getTime() ?? 0;
  expect(await sequenceAt(jsm, stream, begin - 1_000)).toBe(1);
  expect(await sequenceAt(jsm, stream, Date.now() + 60_000)).toBe(10);
  const found = await sequenceAt(jsm, stream, begin + 1);
  for (let seq = 1; seq <= 9; seq++) {
    const stored = (await jsm.streams.getMessage(stream, { seq }))?.timestamp ?? "";
    expect(stored >= new Date(begin + 1).toISOString().replace("Z", "")).toBe(seq >= found);
  }
  // It leaves no consumer behind.
  const { consumer_count } = (await jsm.streams.info(stream)).state;
  expect(consumer_count).toBe(1);
});

test("what is not there is told from what does not answer", async () => {
  const { stream } = await stage();
  const { jsm } = broker();
  const errorOf = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    );
  expect(isGone(await errorOf(jsm.consumers.info(stream, "none")))).toBe(true);
  expect(isGone(await errorOf(jsm.streams.info("NONE")))).toBe(true);
  expect(isGone(new Error("timeout"))).toBe(false);
});
