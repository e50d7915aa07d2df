import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { useNats, useTempDirectory } from "@cc-ingest/devstack/testing";
import { decodeMessage } from "@cc-ingest/protocol";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ccingest, start } from "../testing/ccingest.js";
import { JOBS, NODES, subjects } from "../testing/lines.js";

const server = useNats();
const directory = useTempDirectory();
const env = () => ({ NATS_URL: server().url, ...subjects });

beforeEach(async () => {
  await using nats = await connect({ servers: server().url });
  const jsm = await jetstreamManager(nats);
  for await (const { config } of jsm.streams.list()) await jsm.streams.delete(config.name);
  await jsm.streams.add({ name: "CC_JOB", subjects: [JOBS] });
  await jsm.streams.add({ name: "CC_NODE", subjects: [NODES] });
});

async function storedIn(stream: string): Promise<number> {
  await using nats = await connect({ servers: server().url });
  return (await (await jetstreamManager(nats)).streams.info(stream)).state.messages;
}

describe("into a file", () => {
  const args = ["simulate", "--jobs", "20", "--nodes", "10", "--start-time", "2026-03-01T12:00:00Z"];

  it("writes the same bytes for the same seed and time, without a broker", async () => {
    const [first, second, other] = await Promise.all(
      [args, args, [...args, "--seed", "2"]].map((each) => ccingest([...each, "--output", "-"])),
    );
    expect(first?.exit).toBe(0);
    expect(first?.stderr).toContain("20 starts, 20 stops");
    expect(first?.stdout).toBe(second?.stdout);
    expect(first?.stdout).not.toBe(other?.stdout);
  });

  it("writes lines that the services take", async () => {
    const file = join(directory(), "lines.lp");
    const { exit, stdout } = await ccingest([...args, "--output", file, "--json"]);
    const totals = JSON.parse(stdout) as { messages: number };
    expect(exit).toBe(0);
    const streamTime = BigInt(Date.UTC(2026, 2, 1, 13)) * 1_000_000n;
    const outcomes = [...decodeMessage(await readFile(file), { streamTime })];
    expect(outcomes.filter(({ kind }) => kind === "rejected")).toEqual([]);
    expect(outcomes).toHaveLength(totals.messages);
  });
});

describe("to a broker", () => {
  it("with --ack counts exactly what is stored", async () => {
    const { exit, stdout } = await ccingest(
      ["simulate", "--jobs", "1500", "--fast", "--ack", "--duplicates", "0.1", "--nodes", "100", "--json"],
      { env: env() },
    );
    const { messages, stored, starts, stops, nodestates } = JSON.parse(stdout) as Record<string, number>;
    expect(exit).toBe(0);
    expect(stored).toBe(messages);
    expect([await storedIn("CC_JOB"), await storedIn("CC_NODE")]).toEqual([
      (starts ?? 0) + (stops ?? 0),
      nodestates,
    ]);
  });

  it("sends as producers do by default, also with a user who may only publish", async () => {
    const { exit, stdout } = await ccingest(
      ["simulate", "--jobs", "500", "--fast", "--node-interval", "0", "--json"],
      { env: { ...env(), NATS_URL: server().producerUrl } },
    );
    expect([exit, JSON.parse(stdout)]).toMatchObject([0, { messages: 1000, starts: 500, stops: 500 }]);
    expect(await storedIn("CC_JOB")).toBe(1000);
  });

  it("puts its cluster in the place of * in the subjects, or says that it can't", async () => {
    await using nats = await connect({ servers: server().url });
    const jsm = await jetstreamManager(nats);
    await jsm.streams.update("CC_JOB", { subjects: [`${JOBS}.alex`] });
    await jsm.streams.update("CC_NODE", { subjects: [`${NODES}.alex`] });
    const perCluster = {
      ...env(),
      SUBJECT_JOB_EVENT: `${JOBS}.*`,
      SUBJECT_NODE_STATE: `${NODES}.*`,
    };
    const args = ["simulate", "--jobs", "20", "--fast", "--ack", "--json", "--cluster"];
    const { exit, stdout } = await ccingest([...args, "alex"], { env: perCluster });
    const { messages, stored, nodestates } = JSON.parse(stdout) as Record<string, number>;
    expect([exit, stored]).toEqual([0, messages]);
    expect(await storedIn("CC_JOB")).toBe(40);
    expect(await storedIn("CC_NODE")).toBe(nodestates);
    const dotted = await ccingest([...args, "al.ex"], { env: perCluster });
    expect(dotted).toMatchObject({ exit: 2, stderr: expect.stringContaining('"al.ex" can\'t be in') });
  });

  it("goes on in real time until it is interrupted, and says what it sent", async () => {
    const running = start(["simulate", "--jobs-per-second", "200", "--ack", "--json"], { env: env() });
    await vi.waitFor(async () => expect(await storedIn("CC_JOB")).toBeGreaterThan(50), { timeout: 30_000 });
    running.process.kill("SIGINT");
    const { exit, stdout } = await running.ended;
    expect(exit).toBe(0);
    const { messages, stored } = JSON.parse(stdout) as Record<string, number>;
    expect(stored).toBe(messages);
    expect((await storedIn("CC_JOB")) + (await storedIn("CC_NODE"))).toBe(messages);
  });
});
