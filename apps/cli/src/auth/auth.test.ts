import { mkdir, readFile, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startNatsServer } from "@cc-ingest/devstack";
import { useTempDirectory } from "@cc-ingest/devstack/testing";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ccingest } from "../testing/ccingest.js";
import { startLine } from "../testing/lines.js";

const root = useTempDirectory();
let next = 0;
let cwd = "";
const until = { timeout: 60_000, interval: 50 };
const env = { SUBJECT_JOB_EVENT: "cc.job.event.*", SUBJECT_NODE_STATE: "cc.node.state.*" };

beforeEach(async () => {
  cwd = join(root(), `site-${next++}`);
  await mkdir(cwd);
});

const auth = (...args: string[]) => ccingest(["auth", ...args], { cwd, env });
const credentials = (user: string) => join(cwd, "nats-auth", "creds", `${user}.creds`);
const included = () => readFile(join(cwd, "nats-auth", "auth.conf"), "utf8");

async function made(...args: string[]): Promise<void> {
  expect(await auth("init", ...args)).toMatchObject({ exit: 0 });
}

describe("an authority", () => {
  it("makes users that a broker admits, for what they need, until they are revoked", async () => {
    await made();
    expect(await auth("add-producer", "fritz")).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining("nats-auth/creds/producer-fritz.creds"),
      stderr: expect.stringContaining("cc.job.event.fritz and cc.node.state.fritz"),
    });
    await using server = await startNatsServer({ authorization: "", extraConfig: await included() });
    const as = (user: string) => ({ ...env, NATS_URL: server.url, NATS_CREDS_FILE: credentials(user) });
    const run = (user: string, args: string[], input?: string) =>
      ccingest(args, { cwd, env: as(user), ...(input === undefined ? {} : { input }) });

    expect(await run("provisioner", ["provision"])).toMatchObject({
      exit: 3,
      stderr: expect.stringContaining("set ingest.streams.max-bytes"),
    });
    const sized = { ...as("provisioner"), INGEST_STREAMS_MAX_BYTES: "4294967296" };
    expect(await ccingest(["provision"], { cwd, env: sized })).toMatchObject({ exit: 0 });
    const line = startLine(1);
    const publish = (subject: string) => run("producer-fritz", ["publish", "--subject", subject, "-"], line);
    expect(await publish("cc.job.event.fritz")).toMatchObject({ exit: 0 });
    expect(await publish("cc.job.event.alex")).toMatchObject({
      exit: 3,
      stderr: expect.stringContaining("cc.job.event.alex"),
    });
    expect(await run("producer-fritz", ["provision"])).toMatchObject({ exit: 3 });

    const old = await readFile(credentials("producer-fritz"), "utf8");
    expect(await auth("revoke", "producer-fritz")).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/^revoked producer-fritz \(U\w+\)\n$/),
      stderr: expect.stringContaining("reload"),
    });
    await server.reload(await included());
    await writeFile(credentials("producer-fritz"), old);
    await vi.waitFor(
      async () => expect(await publish("cc.job.event.fritz")).toMatchObject({ exit: 4 }),
      until,
    );
    expect(await run("provisioner", ["provision", "--verify"])).toMatchObject({ exit: 0 });
  });

  it("makes a user of the same name anew after a revocation", async () => {
    await made();
    expect(await auth("add-producer", "fritz")).toMatchObject({ exit: 0 });
    const again = await auth("add-producer", "fritz");
    expect(again).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("revoke the user producer-fritz"),
    });
    expect(await auth("revoke", "producer-fritz")).toMatchObject({ exit: 0 });
    expect(await auth("add-producer", "fritz")).toMatchObject({ exit: 0 });
    await using server = await startNatsServer({ authorization: "", extraConfig: await included() });
    const fresh = { ...env, NATS_URL: server.url, NATS_CREDS_FILE: credentials("producer-fritz") };
    const publish = ["publish", "--core", "--subject", "cc.job.event.fritz", "-"];
    expect(await ccingest(publish, { cwd, env: fresh, input: startLine(1) })).toMatchObject({ exit: 0 });
  });

  it("bounds what the account stores", async () => {
    await made("--max-disk", "10MiB");
    await using server = await startNatsServer({ authorization: "", extraConfig: await included() });
    const provisioner = { ...env, NATS_URL: server.url, NATS_CREDS_FILE: credentials("provisioner") };
    const provision = (bytes: number) =>
      ccingest(["provision"], { cwd, env: { ...provisioner, INGEST_STREAMS_MAX_BYTES: String(bytes) } });
    expect(await provision(6 * 1024 * 1024)).toMatchObject({
      exit: 3,
      stderr: expect.stringMatching(
        /stream CC_NODE could not be created.*; make ingest\.streams\.max-bytes smaller/,
      ),
    });
  });

  it("stops letting a producer in when it said so", async () => {
    await made();
    expect(await auth("add-producer", "fritz", "--expires", "2020-01-01T00:00:00Z")).toMatchObject({
      exit: 0,
    });
    await using server = await startNatsServer({ authorization: "", extraConfig: await included() });
    const producer = { ...env, NATS_URL: server.url, NATS_CREDS_FILE: credentials("producer-fritz") };
    expect(
      await ccingest(["publish", "--core", "-"], { cwd, env: producer, input: startLine(1) }),
    ).toMatchObject({
      exit: 4,
      stderr: expect.stringContaining("expired on 2020-01-01"),
    });
  });

  it("is readable by its owner alone, and prints no secret", async () => {
    const { stdout, stderr } = await auth("init", "--json");
    const written = JSON.parse(stdout) as { serverConfig: string; credentials: Record<string, string> };
    expect(Object.keys(written.credentials)).toEqual([
      "admin",
      "ingest-jobs",
      "ingest-nodestate",
      "provisioner",
      "lifecycle-reader",
      "console",
      "rest-api",
    ]);
    const entries = await readdir(join(cwd, "nats-auth"), { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    expect(files).toHaveLength(13);
    for (const file of files) expect((await stat(file)).mode & 0o777).toBe(0o600);
    const seeds = (await Promise.all(files.map((file) => readFile(file, "utf8")))).flatMap(
      (text) => text.match(/^S[OAU][A-Z2-7]{50,}$/gm) ?? [],
    );
    expect(seeds).toHaveLength(9);
    for (const seed of seeds) expect(stdout + stderr + (await included())).not.toContain(seed);
  });
});

describe("a mistake changes nothing, is said in one line and ends with 2", () => {
  it.each([
    ["an authority where there is one", ["init"], /nats-auth holds an authority already/],
    ["a cluster that is no name", ["add-producer", "a b"], /"a b" can't be part/],
    ["a user that is not there", ["revoke", "nobody"], /there is no user nobody to revoke/],
    ["a size", ["init", "--max-disk", "much"], /--max-disk[^]*20GiB/],
    ["no authority", ["add-producer", "x", "--directory", "elsewhere"], /elsewhere.*is missing.*auth init/],
  ])("%s", async (_, args, says) => {
    await made();
    const before = await included();
    const { exit, stdout, stderr } = await auth(...args);
    expect([exit, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(await included()).toBe(before);
  });

  it("damaged keys", async () => {
    await made();
    await writeFile(join(cwd, "nats-auth/keys/account.nk"), "SAAB\n");
    expect(await auth("add-producer", "x")).toMatchObject({
      exit: 2,
      stderr: expect.stringMatching(/^error: the authority in nats-auth is damaged: .*\n$/),
    });
  });
});

it("prints what each user may do, for scripts", async () => {
  const { exit, stdout } = await auth("permissions", "--producer", "fritz", "alex");
  expect(exit).toBe(0);
  const lines = stdout
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t"));
  expect(lines.every((line) => line.length === 3)).toBe(true);
  expect(lines).toContainEqual(["producer-alex", "pub", "cc.job.event.alex"]);
  expect(lines).toContainEqual(["ingest-jobs", "pub", "$JS.API.CONSUMER.MSG.NEXT.CC_JOB.ingest-jobs"]);
  expect(lines).toContainEqual(["ingest-jobs", "resp", "-"]);
});
