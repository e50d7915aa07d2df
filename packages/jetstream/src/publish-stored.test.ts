import { describe, expect, test } from "vitest";
import { useBroker } from "./testing/broker.js";
import { type OutgoingMessage, PublishError, publishStored } from "./publish-stored.js";

const broker = useBroker();
let next = 0;

const send = (outgoing: readonly OutgoingMessage[], carry?: Readonly<Record<string, string>>) =>
  publishStored(broker().nats, "_INBOX_test", outgoing, carry);

async function newStream(options: object = {}): Promise<string> {
  const name = `OUT${next++}`;
  await broker().jsm.streams.add({ name, subjects: [`${name}.*`], ...options });
  return name;
}

function messages(stream: string, count: number, from = 1): OutgoingMessage[] {
  return Array.from({ length: count }, (_, i) => ({
    subject: `${stream}.a`,
    text: `${from + i} größer 🖥`,
    id: `${stream}/ü/${from + i}`,
  }));
}

async function stored(stream: string) {
  const { state } = await broker().jsm.streams.info(stream);
  return state.messages;
}

test("what is published is stored when it resolves, in order, with its headers", async () => {
  const stream = await newStream();
  await send(messages(stream, 2_000), { traceparent: "00-1" });
  expect(await stored(stream)).toBe(2_000);
  const message = await broker().jsm.streams.getMessage(stream, { seq: 1_234 });
  expect(message?.subject).toBe(`${stream}.a`);
  expect(message?.string()).toBe("1234 größer 🖥");
  expect(message?.header.get("traceparent")).toBe("00-1");
  expect(message?.header.get("Nats-Msg-Id")).toBe(`${stream}/ü/1234`);
});

test("what is published again is stored once", async () => {
  const stream = await newStream();
  await Promise.all([send(messages(stream, 20)), send(messages(stream, 20, 11))]);
  expect(await stored(stream)).toBe(30);
});

test("nothing is nothing", async () => {
  await expect(send([])).resolves.toBeUndefined();
});

describe("what is not stored is an error that says why", () => {
  test("no stream stores the subject", async () => {
    const publishing = send(messages("NOWHERE", 3));
    await expect(publishing).rejects.toThrow(PublishError);
    await expect(publishing).rejects.toThrow("no stream stores the subject NOWHERE.a");
  });

  test("the stream refuses one of them", async () => {
    const stream = await newStream({ max_msgs: 5, discard: "new" });
    await expect(send(messages(stream, 6))).rejects.toThrow(
      new RegExp(`the broker refused a message such as on ${stream}\\.a: .*maximum messages`),
    );
  });

  test("nobody acknowledges", async () => {
    broker().nats.subscribe("silent.a", { callback: () => undefined });
    await expect(send(messages("silent", 2))).rejects.toThrow(
      "no acknowledgement for 2 of 2 messages, such as one on silent.a",
    );
  });
});
