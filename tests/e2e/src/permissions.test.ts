import { isRecommended } from "@cc-ingest/access";
import { connectDatabase } from "@cc-ingest/database";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { type User, actions, users } from "./permissions/actions.js";
import { permitted } from "./permissions/attempt.js";
import { schemes, useGuardedBroker } from "./permissions/guarded-broker.js";
import { ccingest } from "./testing/ccingest.js";
import { nodesLine, startLine, stopLine } from "./testing/fixtures.js";
import { noted } from "./testing/noted.js";
import { useServiceDatabase } from "./testing/service-database.js";
import { startService, until } from "./testing/service-process.js";
import { takeSnapshot } from "./testing/snapshot.js";

const T = 1_760_000_000;
const ALPHA = { cluster: "alpha" };
const line = ({ kind, subject, what }: (typeof actions)[number]) => `${kind} ${subject} (${what})`;

describe.each(Object.entries(schemes))("%s", (_, scheme) => {
  const { server, connect, environmentOf } = useGuardedBroker(scheme);
  const database = useServiceDatabase();

  const environment = async (user: User) => ({
    ...(await environmentOf(user)),
    DATABASE_URL: database().url,
    SUBJECT_JOB_EVENT: "cc.job.event.*",
    SUBJECT_NODE_STATE: "cc.node.state.*",
    INGEST_PROVISIONING: "verify",
    INGEST_STREAMS_MAX_BYTES: "1000000000",
  });
  const running = async (name: "ingest-jobs" | "ingest-nodestate") => {
    const service = startService(name, await environment(name));
    await service.ready();
    return service;
  };
  const administrator = async () => await jetstreamManager(await connect("admin"));
  const open = () => {
    const db = connectDatabase({ url: database().adminUrl, poolSize: 2, applicationName: "e2e" });
    onTestFinished(() => db.destroy());
    return db;
  };

  beforeAll(async () => {
    for (const more of [[], [], ["--verify"]]) {
      const env = { ...(await environment("provisioner")), INGEST_PROVISIONING: "auto" };
      const { code, stderr } = await ccingest(["provision", ...more], env);
      if (code !== 0) throw new Error(stderr);
    }
  });

  test.each(users)("%s may do what it needs, and nothing else", async (user) => {
    const nats = await connect(user);
    const expected = actions.filter(({ who }) => who.includes(user));
    expect(expected.length).toBeGreaterThan(1);
    expect((await permitted(nats, actions)).map(line)).toEqual(expected.map(line));
  });

  test("the services do all their work with their own users, and others see of it what is theirs to see", async () => {
    const db = open();
    const services = [await running("ingest-jobs"), await running("ingest-nodestate")];
    const alpha = jetstream(await connect("producer-alpha"));
    await alpha.publish("cc.job.event.alpha", startLine(1, T, ALPHA));
    await alpha.publish("cc.job.event.alpha", stopLine(1, T + 60, ALPHA));
    await alpha.publish("cc.node.state.alpha", nodesLine(T, ["n1"]).replace("fritz", "alpha"));
    await vi.waitFor(async () => {
      expect(await db.selectFrom("job").select("job_state").execute()).toEqual([{ job_state: "completed" }]);
      expect(await db.selectFrom("node").select("hostname").execute()).toEqual([{ hostname: "n1" }]);
    }, until);

    const consumer = await jetstream(await connect("lifecycle-reader")).consumers.get(
      "CC_LIFECYCLE",
      "lifecycle-reader",
    );
    const message = await consumer.next();
    expect(message?.subject).toMatch(/^cc\.lifecycle\.job\.alpha\./);
    expect(await message?.ackAck()).toBe(true);

    const status = await ccingest(["status", "--json"], await environment("console"));
    expect(status).toMatchObject({ code: 0 });
    expect(JSON.parse(status.stdout).broker).toMatchObject({
      streams: [{ stream: "CC_JOB" }, { stream: "CC_NODE" }],
      replicas: { found: [{ name: "ingest-jobs" }, { name: "ingest-nodestate" }] },
    });
    for (const service of services) {
      service.kill("SIGTERM");
      expect(await service.exit).toBe(0);
      const complaints = service.log.filter(({ level }) => /warn|error|fatal/.test(String(level)));
      const known = isRecommended(server().version) ? 0 : 1;
      expect(complaints.filter(({ msg }) => String(msg).includes("known weaknesses"))).toHaveLength(known);
      expect(complaints).toHaveLength(known);
    }
  });

  test("a service whose database was set back reads again what it lacks, with its own user", async () => {
    const db = open();
    const jsm = await administrator();
    const alpha = jetstream(await connect("producer-alpha"));
    const service = await running("ingest-jobs");
    const snapshot = await takeSnapshot(database().adminUrl);
    await alpha.publish("cc.job.event.alpha", startLine(20, T, ALPHA));
    const found = () => db.selectFrom("job").select("job_id").where("job_id", "=", 20n).execute();
    await vi.waitFor(async () => expect(await found()).toHaveLength(1), until);
    await noted(db, jsm, "CC_JOB", "ingest-jobs");
    await snapshot.restore();
    await service.logged("has been applied again");
    expect(await found()).toHaveLength(1);
    service.kill("SIGTERM");
    expect(await service.exit).toBe(0);
  });

  test("a consumer made by others, and not yet acknowledged messages, are as they were after all attacks", async () => {
    const jsm = await administrator();
    const alpha = jetstream(await connect("producer-alpha"));
    await alpha.publish("cc.job.event.alpha", startLine(30, T, ALPHA));
    const consumer = await jetstream(await connect("ingest-jobs")).consumers.get("CC_JOB", "ingest-jobs");
    const held = await consumer.next();
    const state = async () => {
      const { ack_floor, num_ack_pending } = await jsm.consumers.info("CC_JOB", "ingest-jobs");
      return { ack_floor, num_ack_pending, messages: (await jsm.streams.info("CC_JOB")).state.messages };
    };
    const before = await state();
    expect(before.num_ack_pending).toBe(1);
    const { reply } = (held as unknown as { msg: { reply: string } }).msg;
    for (const user of users.filter((each) => each !== "ingest-jobs")) {
      const nats = await connect(user);
      for (const answer of ["", "+ACK", "+TERM", "-NAK", "+NXT"]) nats.publish(reply, answer);
      await nats.flush();
    }
    // Older servers let themselves be led on.
    const replies = isRecommended(server().version) ? dangerous : [];
    // The broker takes no message that wants its answer to be an acknowledgement.
    await sendWithReplies(await connect("producer-alpha"), [reply, ...replies]);
    expect(await state()).toEqual({ ...before, messages: before.messages + replies.length + 1 });
    expect(await held?.ackAck()).toBe(true);
  });
});

/** Where an acknowledgement of the stream would do harm, if the broker sent it there. */
const dangerous = [
  "$JS.API.STREAM.PURGE.CC_JOB",
  "$JS.API.STREAM.DELETE.CC_JOB",
  "$JS.API.CONSUMER.DELETE.CC_JOB.ingest-jobs",
];

/** The stream answers each message it has stored on the subject that the producer asks for. */
async function sendWithReplies(nats: NatsConnection, replies: readonly string[]): Promise<void> {
  for (const reply of replies) nats.publish("cc.job.event.alpha", startLine(31, T, ALPHA), { reply });
  await nats.flush();
  // Stored in this order, so all is stored when this is.
  await jetstream(nats).publish("cc.job.event.alpha", startLine(32, T, ALPHA));
}
