import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { useNats, useTempDirectory } from "@cc-ingest/devstack/testing";
import { type JetStreamManager, jetstreamManager } from "@nats-io/jetstream";
import { type NatsConnection, connect } from "@nats-io/transport-node";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type Ended, ccingest } from "../testing/ccingest.js";
import { JOBS, NODES, nodesLine, startLine, stopLine, subjects } from "../testing/lines.js";

const server = useNats();
const directory = useTempDirectory();
let nats: NatsConnection;
let jsm: JetStreamManager;

beforeAll(async () => {
  nats = await connect({ servers: server().url });
  jsm = await jetstreamManager(nats);
});
beforeEach(async () => {
  for await (const { config } of jsm.streams.list()) await jsm.streams.delete(config.name);
  await jsm.streams.add({ name: "CC_JOB", subjects: [JOBS] });
  await jsm.streams.add({ name: "CC_NODE", subjects: [NODES] });
});
afterAll(() => nats.close());

function publish(args: readonly string[], input: string, env = {}): Promise<Ended> {
  const all = { NATS_URL: server().url, ...subjects, ...env };
  return ccingest(["publish", ...args], { env: all, input, cwd: directory() });
}

async function stored(stream: string): Promise<string[]> {
  const { state } = await jsm.streams.info(stream);
  const messages = Array.from({ length: state.messages }, async (_, index) => {
    const message = await jsm.streams.getMessage(stream, { seq: index + 1 });
    return message?.string() ?? "";
  });
  return await Promise.all(messages);
}

const both = `# two kinds\n${startLine(1)}\n\n${nodesLine("f0101")}\n${stopLine(1)}\n`;

it("stores each line under the subject of its kind and says where", async () => {
  const { exit, stdout, stderr } = await publish(["-"], both);
  expect([exit, stderr]).toEqual([0, ""]);
  expect(stdout).toBe(
    `stored 3 messages of ${JOBS} and ${NODES}: CC_JOB sequences 1–2, CC_NODE sequence 1\n`,
  );
  expect(await stored("CC_JOB")).toEqual([startLine(1), stopLine(1)]);
  expect(await stored("CC_NODE")).toEqual([nodesLine("f0101")]);
});

it("says it as JSON", async () => {
  const { stdout } = await publish(["-", "--json"], startLine(1));
  expect(JSON.parse(stdout)).toEqual({
    published: 1,
    subjects: [JOBS],
    stored: [{ stream: "CC_JOB", count: 1, duplicates: 0, firstSequence: 1, lastSequence: 1 }],
  });
});

it("keeps the order of thousands of lines from a file", async () => {
  const lines = Array.from({ length: 3000 }, (_, index) => startLine(index + 1));
  await writeFile(join(directory(), "many.lp"), lines.join("\n"));
  const { exit, stdout } = await publish(["many.lp"], "");
  expect(exit).toBe(0);
  expect(stdout).toContain("stored 3,000 messages");
  expect(await stored("CC_JOB")).toEqual(lines);
});

it("sends nothing when a line is wrong, and points at the place", async () => {
  const { exit, stdout, stderr } = await publish(["-"], `${startLine(1)}\njob,function=stop_job,a= event=1`);
  expect([exit, stdout]).toEqual([2, ""]);
  expect(stderr).toContain("stdin:2:25: a tag needs a value");
  expect(stderr).toContain(`\n  job,function=stop_job,a= event=1\n  ${" ".repeat(24)}^\n`);
  expect(stderr).toMatch(/\nerror: one line is wrong; nothing was sent/);
  expect(await stored("CC_JOB")).toEqual([]);
});

it("sends what is wrong all the same with --no-check", async () => {
  const wrong = "job,function=stop_job,a= event=1";
  expect(await publish(["-", "--no-check"], wrong)).toMatchObject({ exit: 0 });
  expect(await stored("CC_JOB")).toEqual([wrong]);
});

it("sends the input as one message with --message-per-file, byte for byte", async () => {
  const input = `${startLine(1)}\n# and\n${startLine(2)}\n`;
  expect(await publish(["-", "--message-per-file"], input)).toMatchObject({ exit: 0 });
  expect(await stored("CC_JOB")).toEqual([input]);
});

it("does not guess the subject of a message with both kinds, or of neither", async () => {
  const mixed = await publish(["-", "--message-per-file"], both);
  expect(mixed).toMatchObject({ exit: 2, stderr: expect.stringContaining("give --subject") });
  const neither = await publish(["-", "--no-check"], "temperature value=21.5");
  expect(neither).toMatchObject({ exit: 2, stderr: expect.stringContaining("-:1: is neither") });
});

const perCluster = { SUBJECT_JOB_EVENT: `${JOBS}.*`, SUBJECT_NODE_STATE: `${NODES}.*` };

it("puts the cluster that a line names in the place of *, also of a line that is wrong further on", async () => {
  await jsm.streams.update("CC_JOB", { subjects: [`${JOBS}.fritz`] });
  await jsm.streams.update("CC_NODE", { subjects: [`${NODES}.fritz`] });
  const { exit, stdout } = await publish(["-"], both, perCluster);
  expect([exit, stdout]).toEqual([
    0,
    `stored 3 messages of ${JOBS}.fritz and ${NODES}.fritz: CC_JOB sequences 1–2, CC_NODE sequence 1\n`,
  ]);
  const wrong = startLine(1).replace('\\"jobId', '\\"jobbId');
  expect(await publish(["-", "--no-check"], wrong, perCluster)).toMatchObject({ exit: 0 });
  expect((await stored("CC_JOB")).at(-1)).toBe(wrong);
});

it("says which line names no cluster that could be there, and sends nothing", async () => {
  await jsm.streams.update("CC_JOB", { subjects: [`${JOBS}.*`] });
  const stop = stopLine(1).replace('\\"cluster\\":\\"fritz\\",', "");
  const nameless = await publish(["-"], `${startLine(1)}\n${stop}`, perCluster);
  expect(nameless).toMatchObject({
    exit: 2,
    stderr: `error: -:2: ${JOBS}.* has the cluster in the place of *, and none is named: give --subject\n`,
  });
  const dotted = await publish(["-"], startLine(1).replace("fritz", "fr.itz"), perCluster);
  expect(dotted).toMatchObject({ exit: 2, stderr: expect.stringContaining('"fr.itz" can\'t be in') });
  const open = await publish(["-"], startLine(1), { ...perCluster, SUBJECT_JOB_EVENT: `${JOBS}.>` });
  expect(open).toMatchObject({ exit: 2, stderr: expect.stringContaining("which one to publish to") });
  const pattern = await publish(["-", "--subject", `${JOBS}.*`], stop, perCluster);
  expect(pattern).toMatchObject({ exit: 2, stderr: expect.stringContaining("name the one to publish to") });
  expect(await stored("CC_JOB")).toEqual([]);
  expect(await publish(["-", "--subject", `${JOBS}.fritz`], stop, perCluster)).toMatchObject({ exit: 0 });
  expect(await stored("CC_JOB")).toEqual([stop]);
});

it("does not send a message of several clusters to one of them", async () => {
  const two = `${startLine(1)}\n${startLine(2).replace("fritz", "alex")}`;
  const { exit, stderr } = await publish(["-", "--message-per-file"], two, perCluster);
  expect([exit, stderr]).toEqual([
    2,
    `error: the lines of - go to ${JOBS}.fritz and ${JOBS}.alex: give --subject\n`,
  ]);
});

it("sends to another subject, without any subjects configured", async () => {
  await jsm.streams.add({ name: "TEST", subjects: ["test.>"] });
  const env = { SUBJECT_JOB_EVENT: "", SUBJECT_NODE_STATE: "" };
  expect(await publish(["-", "--subject", "test.jobs"], both, env)).toMatchObject({ exit: 0 });
  expect(await stored("TEST")).toHaveLength(3);
});

it("has a stream drop what it knows already, with --message-id", async () => {
  await publish(["-", "--message-id", "once"], startLine(1));
  const { stdout } = await publish(["-", "--message-id", "once"], startLine(1));
  expect(stdout).toContain("1 known already");
  expect(await stored("CC_JOB")).toEqual([startLine(1)]);
});

it("says that no stream stores the subject, and ends with 3", async () => {
  await jsm.streams.delete("CC_JOB");
  const { exit, stderr } = await publish(["-"], startLine(1));
  expect(exit).toBe(3);
  expect(stderr).toBe(
    `error: no stream stores the subject ${JOBS}: run "ccingest provision", or publish unacknowledged with --core\n`,
  );
});

it("publishes without acknowledgement with --core, as a user who may do no more", async () => {
  const env = { NATS_URL: server().producerUrl };
  const { exit, stdout } = await publish(["-", "--core"], both, env);
  expect([exit, stdout]).toEqual([0, `sent 3 messages to ${JOBS} and ${NODES}, unacknowledged\n`]);
  expect(await stored("CC_JOB")).toHaveLength(2);
});

it("says what the user may not do, and ends with 3", async () => {
  const env = { NATS_URL: server().producerUrl };
  const forbidden = await publish(["-", "--core", "--subject", "elsewhere"], startLine(1), env);
  expect(forbidden).toMatchObject({
    exit: 3,
    stdout: "",
    stderr: "error: the broker does not let this user publish to elsewhere\n",
  });
  const deaf = await publish(["-"], both, env);
  expect(deaf.exit).toBe(3);
  expect(deaf.stderr).toContain("use --core");
});

it("sends nothing when a message is larger than the broker takes", async () => {
  const large = startLine(2).replace("k106eb10", "x".repeat(1_100_000));
  const { exit, stderr } = await publish(["-", "--no-check"], `${startLine(1)}\n${large}`);
  expect(exit).toBe(2);
  expect(stderr).toMatch(/larger than the broker takes \(max_payload 1,048,576\)/);
  expect(await stored("CC_JOB")).toEqual([]);
});

it("refuses to trace into the void", async () => {
  const { exit, stderr } = await publish(["-", "--trace"], startLine(1));
  expect(exit).toBe(2);
  expect(stderr).toContain("set OTEL_EXPORTER_OTLP_ENDPOINT");
  expect(await stored("CC_JOB")).toEqual([]);
});
