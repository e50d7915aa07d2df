import { AckPolicy, DiscardPolicy } from "@nats-io/jetstream";
import { expect, test } from "vitest";
import { ProvisioningError } from "./provision.js";
import { newWorker, streams, useBroker } from "./testing/broker.js";
import { ensureWorker } from "./worker.js";

const broker = useBroker();

test("auto creates a stream and a consumer that lose nothing, and finds them the second time", async () => {
  const { jsm } = broker();
  const worker = newWorker();
  expect(await ensureWorker(jsm, worker, streams, "auto")).toBe(worker.stream);
  expect(await ensureWorker(jsm, worker, streams, "auto")).toBe(worker.stream);
  expect(await ensureWorker(jsm, worker, streams, "verify")).toBe(worker.stream);
  const { config: stream } = await jsm.streams.info(worker.stream);
  expect(stream).toMatchObject({ subjects: [worker.subject], discard: DiscardPolicy.Old, storage: "file" });
  const { config } = await jsm.consumers.info(worker.stream, worker.durable);
  expect(config).toMatchObject({
    ack_policy: AckPolicy.Explicit,
    max_deliver: -1,
    filter_subject: worker.subject,
    ack_wait: 30e9,
    max_ack_pending: 16 * 10 * 3,
  });
});

test("several replicas may create at once", async () => {
  const worker = newWorker();
  const names = await Promise.all(
    [1, 2, 3, 4].map(() => ensureWorker(broker().jsm, worker, streams, "auto")),
  );
  expect(new Set(names)).toEqual(new Set([worker.stream]));
});

test("a stream that already covers the subject is used, whatever its name", async () => {
  const { jsm } = broker();
  const worker = newWorker();
  await jsm.streams.add({ name: "SITE", subjects: [worker.subject.replace("event", ">")] });
  expect(await ensureWorker(jsm, worker, streams, "verify").catch((error: unknown) => error)).toBeInstanceOf(
    ProvisioningError,
  );
  expect(await ensureWorker(jsm, worker, streams, "auto")).toBe("SITE");
});

test("verify names what is missing", async () => {
  const worker = newWorker();
  await expect(ensureWorker(broker().jsm, worker, streams, "verify")).rejects.toThrow(
    `no stream covers the subject ${worker.subject}`,
  );
});

test("a stream of that name over other subjects is left alone", async () => {
  const { jsm } = broker();
  const worker = newWorker();
  await jsm.streams.add({ name: worker.stream, subjects: ["other.subject"] });
  await expect(ensureWorker(jsm, worker, streams, "auto")).rejects.toThrow("exists but covers other.subject");
});

test.each([
  ["acknowledges nothing", { ack_policy: AckPolicy.None }, "its ack policy"],
  ["gives up", { ack_policy: AckPolicy.Explicit, max_deliver: 5 }, "gives up after 5 deliveries"],
  ["leaves messages out", { ack_policy: AckPolicy.Explicit, filter_subject: "other" }, "leaves out"],
  ["pushes", { ack_policy: AckPolicy.Explicit, deliver_subject: "push" }, "push consumer"],
])("a consumer that %s is refused", async (_, config, message) => {
  const { jsm } = broker();
  const worker = newWorker();
  const filter = !("filter_subject" in config) ? {} : { filter_subject: `${worker.subject}.other` };
  await jsm.streams.add({ name: worker.stream, subjects: [worker.subject, `${worker.subject}.other`] });
  await jsm.consumers.add(worker.stream, { durable_name: worker.durable, ...config, ...filter });
  const refusal = ensureWorker(jsm, worker, streams, "auto");
  await expect(refusal).rejects.toBeInstanceOf(ProvisioningError);
  await expect(refusal).rejects.toThrow(message);
});

test("a changed ack wait is carried to the consumer", async () => {
  const { jsm } = broker();
  const worker = newWorker();
  await ensureWorker(jsm, worker, streams, "auto");
  await ensureWorker(jsm, { ...worker, ackWaitSeconds: 45 }, streams, "auto");
  expect((await jsm.consumers.info(worker.stream, worker.durable)).config.ack_wait).toBe(45e9);
});
