import { useNats } from "@cc-ingest/devstack/testing";
import { AckPolicy, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { beforeEach, expect, it } from "vitest";
import { ccingest } from "./testing/ccingest.js";
import { JOBS, subjects } from "./testing/lines.js";

const server = useNats();
const run = (...args: string[]) =>
  ccingest(["provision", ...args], { env: { NATS_URL: server().url, ...subjects } });

async function withManager<T>(
  work: (jsm: Awaited<ReturnType<typeof jetstreamManager>>) => Promise<T>,
): Promise<T> {
  await using nats = await connect({ servers: server().url });
  return await work(await jetstreamManager(nats));
}

beforeEach(async () => {
  await withManager(async (jsm) => {
    for await (const { config } of jsm.streams.list()) await jsm.streams.delete(config.name);
  });
});

it("creates what is missing and shows what is there, again and again", async () => {
  const expected = [
    { subject: "cc.job.event", stream: "CC_JOB", messages: 0, durable: "ingest-jobs", pending: 0 },
    { subject: "cc.node.state", stream: "CC_NODE", messages: 0, durable: "ingest-nodestate", pending: 0 },
  ];
  const lifecycle = { subject: "cc.lifecycle.job.*.*", stream: "CC_LIFECYCLE", messages: 0 };
  const reader = { durable: "lifecycle-reader", pending: 0 };
  for (const [args, outgoing] of [
    [["--json"], { ...lifecycle, ...reader }],
    [["--json"], { ...lifecycle, ...reader }],
    [["--json", "--verify"], lifecycle],
  ] as const) {
    const { exit, stdout } = await run(...args);
    expect([exit, JSON.parse(stdout)]).toEqual([0, [...expected, outgoing]]);
  }
  expect((await run()).stdout).toBe(`SUBJECT               STREAM        MESSAGES  CONSUMER          PENDING
cc.job.event          CC_JOB               0  ingest-jobs             0
cc.node.state         CC_NODE              0  ingest-nodestate        0
cc.lifecycle.job.*.*  CC_LIFECYCLE         0  lifecycle-reader        0
`);
});

it("with --verify creates nothing, says what is missing and ends with 3", async () => {
  const { exit, stdout, stderr } = await run("--verify");
  expect([exit, stdout]).toEqual([3, ""]);
  expect(stderr).toContain(`no stream covers the subject ${JOBS}`);
  expect(await withManager((jsm) => jsm.streams.names().next())).toEqual([]);
});

it("gives streams that are there the configured limits when it is asked to", async () => {
  const limits = (stream: string) =>
    withManager(async (jsm) => {
      const { config } = await jsm.streams.info(stream);
      return [config.max_bytes, config.max_age];
    });
  await run();
  const before = await limits("CC_JOB");
  const env = {
    NATS_URL: server().url,
    ...subjects,
    INGEST_STREAMS_MAX_BYTES: "1000000",
    INGEST_STREAMS_MAX_AGE_SECONDS: "3600",
  };
  expect((await ccingest(["provision"], { env })).exit).toBe(0);
  expect(await limits("CC_JOB")).toEqual(before);
  expect((await ccingest(["provision", "--apply-limits"], { env })).exit).toBe(0);
  for (const stream of ["CC_JOB", "CC_NODE", "CC_LIFECYCLE"])
    expect(await limits(stream)).toEqual([1_000_000, 3_600_000_000_000]);
  const both = await ccingest(["provision", "--verify", "--apply-limits"], { env });
  expect([both.exit, both.stderr]).toEqual([2, expect.stringContaining("--verify changes nothing")]);
});

it("refuses a consumer that would lose messages and ends with 3", async () => {
  await withManager(async (jsm) => {
    await jsm.streams.add({ name: "MINE", subjects: [JOBS] });
    await jsm.consumers.add("MINE", { durable_name: "ingest-jobs", ack_policy: AckPolicy.None });
  });
  const { exit, stderr } = await run();
  expect(exit).toBe(3);
  expect(stderr).toContain("consumer ingest-jobs of stream MINE can't be used");
});
