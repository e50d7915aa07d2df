import { useNats } from "@cc-ingest/devstack/testing";
import { type JetStreamManager, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { type NatsConnection, connect, headers } from "@nats-io/transport-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { firstStoredAfter, messageAt, messageFrom } from "./stored-message.js";

const broker = useNats();
let nats: NatsConnection;
let jsm: JetStreamManager;

beforeAll(async () => {
  nats = await connect({ servers: broker().url });
  jsm = await jetstreamManager(nats);
  await jsm.streams.add({ name: "CC_JOB", subjects: ["cc.job.event.*"] });
  const js = jetstream(nats);
  const traced = headers();
  traced.append("traceparent", "a");
  traced.append("traceparent", "b");
  for (let i = 1; i <= 10; i++)
    await js.publish("cc.job.event.fritz", Uint8Array.of(i, 0, 255), i === 3 ? { headers: traced } : {});
  for (const sequence of [5, 6]) await jsm.streams.deleteMessage("CC_JOB", sequence);
});
afterAll(() => nats.close());

test("a stored message is read whole, its time to the nanosecond", async () => {
  const message = await messageAt(jsm, "CC_JOB", 3);
  expect(message).toMatchObject({
    stream: "CC_JOB",
    sequence: 3,
    subject: "cc.job.event.fritz",
    data: Uint8Array.of(3, 0, 255),
    headers: { traceparent: ["a", "b"] },
  });
  const raw = await jsm.streams.getMessage("CC_JOB", { seq: 3 });
  const digits = /\.(\d+)Z/.exec(raw?.timestamp ?? "")?.[1] ?? "";
  expect((message?.storedAt ?? 0n) % 1_000_000_000n).toBe(BigInt(digits.padEnd(9, "0")));
  expect(new Date(Number((message?.storedAt ?? 0n) / 1_000_000n))).toEqual(raw?.time);
});

test("one that is gone is not found, and the next one is", async () => {
  expect(await messageAt(jsm, "CC_JOB", 5)).toBeUndefined();
  expect((await messageFrom(jsm, "CC_JOB", 5))?.sequence).toBe(7);
  expect((await messageFrom(jsm, "CC_JOB", 0))?.sequence).toBe(1);
  expect(await messageFrom(jsm, "CC_JOB", 11)).toBeUndefined();
});

test("the first message after a time is found among those that are there", async () => {
  const times = new Map<number, bigint>();
  for (const sequence of [1, 2, 3, 4, 7, 8, 9, 10])
    times.set(sequence, (await messageAt(jsm, "CC_JOB", sequence))?.storedAt ?? 0n);
  const range = { first: 1, last: 10 };
  for (const [sequence, time] of times) {
    const found = await firstStoredAfter(jsm, "CC_JOB", range, time);
    expect((await messageFrom(jsm, "CC_JOB", found))?.sequence).toBe(sequence);
  }
  expect(await firstStoredAfter(jsm, "CC_JOB", range, 0n)).toBe(1);
  expect(await firstStoredAfter(jsm, "CC_JOB", range, (times.get(10) ?? 0n) + 1n)).toBe(11);
});
