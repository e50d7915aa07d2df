import { useTempDirectory } from "@cc-ingest/devstack/testing";
import { mkdir, readFile, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "@cc-ingest/devstack";
import { expect, it, vi } from "vitest";
import { type Running, ccingest, start } from "../testing/ccingest.js";
import { isAlive } from "../shared/process-identity.js";
import type { Stack } from "../shared/stack-file.js";
import type { Status } from "../status/status.js";
import { startLine, subjects } from "../testing/lines.js";

const TIMEOUT = 120_000;
const until = { timeout: 90_000, interval: 50 };
const directory = useTempDirectory();
let directories = 0;

/** A directory of its own for each stack that is no other's neighbour. */
async function freshDirectory(): Promise<string> {
  directories += 1;
  const fresh = join(directory(), String(directories));
  await mkdir(fresh);
  return fresh;
}

async function readStack(cwd: string, name = "stack.json"): Promise<Stack> {
  return JSON.parse(await readFile(join(cwd, ".cc-ingest", name), "utf8")) as Stack;
}

interface UpStack {
  readonly running: Running;
  readonly stack: Stack;
  /** Servers, services and guards: everything that it started. */
  readonly children: readonly number[];
}

/** Starts a stack on whatever ports are free and waits until it has written its addresses. */
async function up(cwd: string, args: readonly string[], env = {}): Promise<UpStack> {
  const running = start(["up", ...args], { cwd, env });
  const { pid = 0 } = running.process;
  const stack = await vi.waitFor(async () => {
    if (running.process.exitCode !== null) throw new Error(running.stderr());
    const plain = await readStack(cwd).catch(() => undefined);
    return plain?.pid === pid ? plain : await readStack(cwd, `stack-${pid}.json`);
  }, until);
  return { running, stack, children: await childrenOf(pid) };
}

async function childrenOf(pid: number): Promise<number[]> {
  const all = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = await Promise.all(
    all.map(async (each) => {
      const stat = await readFile(`/proc/${each}/stat`, "utf8").catch(() => "");
      return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    }),
  );
  return all.filter((_, index) => parents[index] === pid);
}

async function untilGone(pids: readonly number[]): Promise<void> {
  expect(pids.length).toBeGreaterThan(4);
  await vi.waitFor(async () => {
    for (const pid of pids) if (await isAlive(pid)) throw new Error(`process ${pid} is still there`);
  }, until);
}

async function status(cwd: string): Promise<Status> {
  const { stdout, stderr } = await ccingest(["status", "--json"], { cwd });
  expect(stderr).toContain("using the stack of .cc-ingest/stack.json");
  return JSON.parse(stdout) as Status;
}

async function untilJobs(cwd: string, count: number): Promise<Status> {
  return await vi.waitFor(async () => {
    const found = await status(cwd);
    if (found.database.problem !== undefined) throw new Error(found.database.problem);
    expect(found.database.jobs.rows).toBeGreaterThanOrEqual(count);
    return found;
  }, until);
}

it(
  "runs everything: what is published becomes rows; SIGINT stops it with 0 and leaves only logs",
  async () => {
    const cwd = await freshDirectory();
    const { running, stack, children } = await up(cwd, ["--no-simulation"]);
    for (const url of Object.values(stack.healthUrls))
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
    for (const url of Object.values(stack.metricsUrls)) expect((await fetch(url)).status).toBe(200);
    for (const address of [stack.natsUrl, stack.producerUrl, stack.databaseUrl])
      await vi.waitFor(() => expect(running.stdout()).toContain(address), until);
    // The address for producers, as any producer uses it.
    const producer = { NATS_URL: stack.producerUrl };
    const core = ["publish", "--core", "--subject", stack.subjects.jobEvent, "-"];
    expect(await ccingest(core, { cwd, env: producer, input: startLine(1) })).toMatchObject({ exit: 0 });
    expect(await ccingest(["publish", "-"], { cwd, input: startLine(2) })).toMatchObject({ exit: 0 });
    const { services } = await untilJobs(cwd, 2);
    expect(services.map(({ name, ready }) => [name, ready])).toEqual([
      ["ingest-jobs", true],
      ["ingest-nodestate", true],
      ["rest-api", true],
    ]);
    const restApi = stack.healthUrls["rest-api"] ?? "";
    await vi.waitFor(() => expect(running.stdout()).toContain(`${restApi}/api/jobs/`), until);
    const [, site = ""] = /^console +(http:\S+)$/m.exec(running.stdout()) ?? [];
    expect(await (await fetch(site)).text()).toContain("cc-ingest");
    const nodes = { cluster: "fritz", nodes: [{ hostname: "f0101", states: ["IDLE"] }] };
    await vi.waitFor(async () => {
      expect(await (await fetch(`${restApi}/readyz`)).json()).toMatchObject({ degraded: [] });
    }, until);
    const posted = await fetch(`${restApi}/api/nodestate/`, { method: "POST", body: JSON.stringify(nodes) });
    expect(posted.status).toBe(200);
    await vi.waitFor(async () => {
      expect(await (await fetch(`${restApi}/api/nodes/`)).json()).toMatchObject({ items: 1 });
    }, until);

    running.process.kill("SIGINT");
    const { exit, stdout } = await running.ended;
    expect(exit).toBe(0);
    expect(stdout).toMatch(
      /\nstopped +events in 3 +jobs 2 \(running 2\) +node states 1 +lag 0 +rejected 0\n$/,
    );
    await untilGone(children);
    expect(await readdir(join(cwd, ".cc-ingest"))).toEqual(["logs"]);
  },
  TIMEOUT,
);

it(
  "lets nobody into its broker without a password, and gives each service a user of its own",
  async () => {
    const cwd = await freshDirectory();
    const { running, stack, children } = await up(cwd, ["--no-simulation"]);
    const stranger = { ...subjects, NATS_URL: stack.natsUrl.replace(/\/\/.*@/, "//") };
    expect(await ccingest(["provision", "--verify"], { cwd, env: stranger })).toMatchObject({
      exit: 4,
      stderr: expect.stringContaining("refuses a connection without credentials"),
    });
    const producer = { ...subjects, NATS_URL: stack.producerUrl };
    expect(await ccingest(["provision", "--verify"], { cwd, env: producer })).toMatchObject({ exit: 3 });
    expect(await ccingest(["provision", "--verify"], { cwd })).toMatchObject({ exit: 0 });
    for (const service of ["ingest-jobs", "ingest-nodestate", "rest-api"]) {
      const environment = await readFile(`/proc/${await processOf(service, children)}/environ`, "utf8");
      expect(environment).toMatch(new RegExp(`\0NATS_URL=nats://${service}:\\w+@127`));
    }
    running.process.kill("SIGINT");
    expect(await running.ended).toMatchObject({ exit: 0 });
  },
  TIMEOUT,
);

it(
  "feeds itself a simulated cluster, and keeps its data where it is told to: no job runs on after the end",
  async () => {
    const cwd = await freshDirectory();
    const args = ["--data", "data", "--jobs-per-second", "20", "--nodes", "30", "--mean-runtime", "60"];
    const first = await up(cwd, args);
    await untilJobs(cwd, 10);
    await vi.waitFor(() => expect(first.running.stdout()).toMatch(/\nevents in .*lag .*rejected 0\n/), until);
    first.running.process.kill("SIGTERM");
    expect(await first.running.ended).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/\nstopped .*\(running 0\)/),
    });
    const second = await up(cwd, ["--data", "data", "--no-simulation"]);
    const { database } = await untilJobs(cwd, 10);
    expect(database).toMatchObject({ runningJobs: 0, nodes: 30, deadLetters: {} });
    second.running.process.kill("SIGINT");
    expect(await second.running.ended).toMatchObject({ exit: 0 });
  },
  TIMEOUT,
);

it(
  "takes subjects with wildcards: simulates where a subject can be told, and lets producers publish",
  async () => {
    const stars = { SUBJECT_JOB_EVENT: "site.job.*", SUBJECT_NODE_STATE: "site.*.node.state" };
    const cwd = await freshDirectory();
    const simulated = await up(cwd, ["--jobs-per-second", "20", "--nodes", "30", "--cluster", "alex"], stars);
    expect(await untilJobs(cwd, 10)).toMatchObject({
      database: { deadLetters: {} },
      broker: { streams: [{ subject: "site.job.*" }, { subject: "site.*.node.state" }] },
    });
    simulated.running.process.kill("SIGINT");
    expect(await simulated.running.ended).toMatchObject({ exit: 0 });

    const open = { SUBJECT_JOB_EVENT: "site.job.>", SUBJECT_NODE_STATE: "site.node" };
    const refused = await ccingest(["up"], { cwd, env: open });
    expect(refused).toMatchObject({ exit: 2, stderr: expect.stringContaining("which one to publish to") });
    const idle = await up(cwd, ["--no-simulation"], open);
    const core = ["publish", "--core", "--subject", "site.job.any.where", "-"];
    const env = { NATS_URL: idle.stack.producerUrl };
    expect(await ccingest(core, { cwd, env, input: startLine(1) })).toMatchObject({ exit: 0 });
    await untilJobs(cwd, 1);
    idle.running.process.kill("SIGINT");
    expect(await idle.running.ended).toMatchObject({ exit: 0 });
  },
  TIMEOUT,
);

it(
  "runs beside another one in the same directory, on other ports, and leaves its files alone",
  async () => {
    const cwd = await freshDirectory();
    const first = await up(cwd, ["--no-simulation"]);
    const second = await up(cwd, ["--no-simulation"]);
    expect(second.running.stderr()).toContain(`another stack runs here (process ${first.stack.pid})`);
    expect(await readStack(cwd)).toEqual(first.stack);
    const addresses = [first, second].flatMap(({ stack }) => [
      stack.natsUrl,
      stack.databaseUrl,
      ...Object.values(stack.healthUrls),
    ]);
    expect(new Set(addresses).size).toBe(addresses.length);
    second.running.process.kill("SIGINT");
    expect(await second.running.ended).toMatchObject({ exit: 0 });
    expect(await readStack(cwd)).toEqual(first.stack);
    expect(await status(cwd)).toMatchObject({
      services: [{ ready: true }, { ready: true }, { ready: true }],
    });
    first.running.process.kill("SIGINT");
    expect(await first.running.ended).toMatchObject({ exit: 0 });
  },
  TIMEOUT,
);

it(
  "killed without warning leaves no process, and nothing that keeps the next one from its data",
  async () => {
    const cwd = await freshDirectory();
    const killed = await up(cwd, ["--data", "data", "--jobs-per-second", "20"]);
    await untilJobs(cwd, 5);
    killed.running.process.kill("SIGKILL");
    expect(await killed.running.ended).toMatchObject({ exit: "SIGKILL" });
    const next = await up(cwd, ["--data", "data", "--no-simulation"]);
    expect(next.stack.pid).toBe(next.running.process.pid);
    await untilGone(killed.children);
    await untilJobs(cwd, 5);
    next.running.process.kill("SIGINT");
    expect(await next.running.ended).toMatchObject({ exit: 0 });
  },
  TIMEOUT,
);

it(
  "says that a service has died, with the end of its log, and stops everything with 1",
  async () => {
    const cwd = await freshDirectory();
    const { running, children } = await up(cwd, ["--no-simulation"]);
    process.kill(await processOf("ingest-jobs", children), "SIGKILL");
    const { exit, stderr } = await running.ended;
    expect(exit).toBe(1);
    expect(stderr).toMatch(
      /error: ingest-jobs ended unexpectedly\. Its log \(\S+ingest-jobs\.log\) ends with:\n/,
    );
    expect(stderr).toContain('"msg":"ready"');
    await untilGone(children);
  },
  TIMEOUT,
);

/** The process of a service: the one that works in its folder. */
async function processOf(service: string, among: readonly number[]): Promise<number> {
  const workingIn = await Promise.all(among.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => "")));
  const found = among.find((_, index) => workingIn[index]?.endsWith(`/apps/${service}`) === true);
  // Number 0 would stand for this process and all of its group.
  if (found === undefined) throw new Error(`${service} does not run`);
  return found;
}

it(
  "stops while starting when it is told to, with 0",
  async () => {
    const cwd = await freshDirectory();
    const running = start(["up"], { cwd });
    await vi.waitFor(() => expect(running.stderr()).toContain("starting the broker"), until);
    running.process.kill("SIGINT");
    const { exit, stderr } = await running.ended;
    expect([exit, stderr.trimEnd().split("\n").at(-1)]).toEqual([0, "stopped while starting"]);
    expect(await readdir(join(cwd, ".cc-ingest"))).toEqual(["logs"]);
  },
  TIMEOUT,
);

it(
  "uses the ports it is given, and refuses one that is taken",
  async () => {
    const cwd = await freshDirectory();
    const [nats, postgres] = [await freePort(), await freePort()];
    const ports = ["--nats-port", String(nats.port), "--postgres-port", String(postgres.port)];
    const { running, stack } = await up(cwd, ["--no-simulation", ...ports]);
    expect(stack.natsUrl).toContain(`:${nats.port}`);
    expect(stack.databaseUrl).toContain(`:${postgres.port}/`);
    const refused = await ccingest(["up", ...ports], { cwd: await freshDirectory() });
    expect(refused.exit).toBe(2);
    expect(refused.stderr).toMatch(/error: port \d+ is taken/);
    running.process.kill("SIGINT");
    expect(await running.ended).toMatchObject({ exit: 0 });
  },
  TIMEOUT,
);
