import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { migrateUrl } from "@cc-ingest/database";
import { useDatabase, useNats } from "@cc-ingest/devstack/testing";
import xterm from "@xterm/headless";
import { expect, it, onTestFinished, vi } from "vitest";
import { ccingest, start } from "../testing/ccingest.js";
import { startLine, subjects } from "../testing/lines.js";
import type { Status } from "./status.js";

const server = useNats();
const database = useDatabase({ migrate: migrateUrl });
const env = () => ({ NATS_URL: server().url, DATABASE_URL: database().url, ...subjects });

async function serviceThatAnswers(status: number, body: object): Promise<string> {
  const http = createServer((_, response) => response.writeHead(status).end(JSON.stringify(body)));
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  onTestFinished(() => void http.close());
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

it("says what is missing and ends with 1, then shows what there is and ends with 0", async () => {
  const before = await ccingest(["status"], { env: env() });
  expect(before.exit).toBe(1);
  expect(before.stdout).toContain("no stream covers the subject cc.job.event");
  expect(before.stderr).toBe("error: there are 2 problems, see above\n");

  await ccingest(["provision"], { env: env() });
  await ccingest(["publish", "-"], { env: env(), input: `${startLine(1)}\n${startLine(2)}` });
  const after = await ccingest(["status", "--json"], { env: env() });
  expect(after.exit).toBe(0);
  const { broker, database: tables, services } = JSON.parse(after.stdout) as Status;
  expect(broker).toMatchObject({
    streams: [
      { stream: "CC_JOB", messages: 2, lastSequence: 2, durable: "ingest-jobs", pending: 2, ackPending: 0 },
      { stream: "CC_NODE", messages: 0, durable: "ingest-nodestate", pending: 0 },
    ],
  });
  expect(tables).toMatchObject({ schema: "current", jobs: { rows: 0, exact: true }, deadLetters: {} });
  expect(services).toEqual([]);
  expect((await ccingest(["status"], { env: env() })).stdout).toMatch(/cc\.job\.event +CC_JOB +2 /);
});

it("asks services whether they are ready", async () => {
  await ccingest(["provision"], { env: env() });
  const ready = await serviceThatAnswers(200, { status: "ok", problems: [] });
  const waiting = await serviceThatAnswers(503, { problems: ["waiting for the broker"] });
  const services = [`a=${ready}`, `b=${waiting}/`, "c=http://127.0.0.1:1"].flatMap((each) => [
    "--service",
    each,
  ]);
  const { exit, stdout } = await ccingest(["status", "--json", ...services], { env: env() });
  expect(exit).toBe(1);
  expect((JSON.parse(stdout) as Status).services).toMatchObject([
    { name: "a", ready: true, problems: [] },
    { name: "b", url: waiting, ready: false, problems: ["waiting for the broker"] },
    { name: "c", ready: false, problems: [expect.stringContaining("does not answer")] },
  ]);
});

it("shows the rest when a server is down", async () => {
  const broker = await ccingest(["status", "--json"], { env: { ...env(), NATS_URL: "nats://127.0.0.1:1" } });
  expect(broker.exit).toBe(1);
  expect(JSON.parse(broker.stdout)).toMatchObject({
    broker: { problem: expect.stringContaining("can't be reached") },
    database: { schema: "current" },
  });
  const url = "postgres://user:secret@127.0.0.1:1/cc";
  const tables = await ccingest(["status"], { env: { ...env(), DATABASE_URL: url } });
  expect(tables.exit).toBe(1);
  expect(tables.stdout).toMatch(/the database at \S+ can't be reached/);
  expect(tables.stdout).toContain("CC_JOB");
  expect(tables.stdout).not.toContain("secret");
});

it("looks again and again with --watch, until it is interrupted, and shows what has come meanwhile", async () => {
  await ccingest(["provision"], { env: env() });
  const running = start(["status", "--watch", "--json"], { env: env() });
  const looks = (): Status[] =>
    running
      .stdout()
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Status);
  const stream = () => {
    const { broker } = looks().at(-1) ?? {};
    return broker?.problem === undefined ? broker?.streams[0] : undefined;
  };
  await vi.waitFor(() => expect(stream()).toBeDefined(), { timeout: 30_000 });
  const first = stream();
  if (first === undefined || first.problem !== undefined) throw new Error("there is no stream");
  await ccingest(["publish", "-"], { env: env(), input: startLine(9) });
  await vi.waitFor(
    () =>
      expect(stream()).toMatchObject({ lastSequence: first.lastSequence + 1, pending: first.pending + 1 }),
    { timeout: 30_000 },
  );
  running.process.kill("SIGINT");
  expect((await running.ended).exit).toBe(0);
});

/** Has a program take its output for a terminal of this size. */
const asTerminal = ({ cols, rows }: { readonly cols: number; readonly rows: number }) => ({
  NODE_OPTIONS: `--import=data:text/javascript,Object.assign(process.stdout,{isTTY:true,columns:${cols},rows:${rows}})`,
});

it("draws what it sees with --watch over what it saw before, on a terminal", async () => {
  await ccingest(["provision"], { env: env() });
  const size = { cols: 140, rows: 50 };
  const running = start(["status", "--watch"], { env: { ...env(), ...asTerminal(size) } });
  /** What somebody who looks at the terminal sees. */
  const seen = async (): Promise<string[]> => {
    const terminal = new xterm.Terminal({ ...size, convertEol: true, allowProposedApi: true });
    await new Promise<void>((resolve) => terminal.write(running.stdout(), resolve));
    const { active } = terminal.buffer;
    return Array.from(
      { length: active.length },
      (_, line) => active.getLine(line)?.translateToString(true) ?? "",
    );
  };
  const jobs = async () => (await seen()).filter((line) => line.includes("cc.job.event"));
  const pending = async () => Number((await jobs())[0]?.trim().split(/ {2,}/)[5]);
  await expect.poll(pending, { timeout: 30_000 }).toBeGreaterThanOrEqual(0);
  const before = await pending();
  await ccingest(["publish", "-"], { env: env(), input: startLine(10) });
  await expect.poll(pending, { timeout: 30_000 }).toBe(before + 1);
  expect(await jobs()).toHaveLength(1);
  running.process.kill("SIGINT");
  expect((await running.ended).exit).toBe(0);
  expect((await seen()).filter((line) => line.startsWith("Broker"))).toHaveLength(1);
});
