import { describe, expect, test } from "vitest";
import { useBroker } from "./testing/broker.js";
import { type OutgoingMessage, PublishError, StoredPublisher } from "./stored-publisher.js";

const broker = useBroker();
const PREFIX = "_INBOX_test";
let next = 0;

async function newStream(options: object = {}): Promise<string> {
  const name = `OUT${next++}`;
  await broker().jsm.streams.add({ name, subjects: [`${name}.*`], ...options });
  return name;
}

function messages(stream: string, count: number, from = 1): OutgoingMessage[] {
  return Array.from({ length: count }, (_, i) => ({
    subject: `${stream}.a`,
    data: new TextEncoder().encode(String(from + i)),
    id: `${stream} ${from + i}`,
  }));
}

async function stored(stream: string) {
  const { state } = await broker().jsm.streams.info(stream);
  return state.messages;
}

test("what is published is stored when it resolves, in order, with its headers", async () => {
  using publisher = new StoredPublisher(broker().nats, PREFIX);
  const stream = await newStream();
  await publisher.publish(messages(stream, 2_000), { traceparent: "00-1" });
  expect(await stored(stream)).toBe(2_000);
  const message = await broker().jsm.streams.getMessage(stream, { seq: 1_234 });
  expect(message?.string()).toBe("1234");
  expect(message?.header.get("traceparent")).toBe("00-1");
  expect(message?.header.get("Nats-Msg-Id")).toBe(`${stream} 1234`);
});

test("what is published again is stored once", async () => {
  using publisher = new StoredPublisher(broker().nats, PREFIX);
  const stream = await newStream();
  await Promise.all([publisher.publish(messages(stream, 20)), publisher.publish(messages(stream, 20, 11))]);
  expect(await stored(stream)).toBe(30);
});

test("nothing is nothing", async () => {
  using publisher = new StoredPublisher(broker().nats, PREFIX);
  await expect(publisher.publish([])).resolves.toBeUndefined();
});

describe("what is not stored is an error that says which", () => {
  test("no stream stores the subject", async () => {
    using publisher = new StoredPublisher(broker().nats, PREFIX);
    const publishing = publisher.publish(messages("NOWHERE", 3));
    await expect(publishing).rejects.toThrow(PublishError);
    await expect(publishing).rejects.toThrow("no stream stores the subject NOWHERE.a");
  });

  test("the stream refuses one of them", async () => {
    using publisher = new StoredPublisher(broker().nats, PREFIX);
    const stream = await newStream({ max_msgs: 5, discard: "new" });
    await expect(publisher.publish(messages(stream, 6))).rejects.toThrow(
      new RegExp(`the broker refused a message on ${stream}\\.a: .*maximum messages`),
    );
  });

  test("nobody acknowledges", async () => {
    using publisher = new StoredPublisher(broker().nats, PREFIX);
    broker().nats.subscribe("silent.a", { callback: () => undefined });
    await expect(publisher.publish(messages("silent", 2))).rejects.toThrow(
      "no acknowledgement for 2 of 2 messages, first on silent.a",
    );
  }, 30_000);
});
