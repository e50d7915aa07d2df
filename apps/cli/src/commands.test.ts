import { useTempDirectory } from "@cc-ingest/devstack/testing";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startNatsServer } from "@cc-ingest/devstack";
import { describe, expect, it } from "vitest";
import { type RunOptions, ccingest } from "./testing/ccingest.js";
import { subjects } from "./testing/lines.js";

const directory = useTempDirectory();
const commands = [
  "up",
  "migrate",
  "provision",
  "publish",
  "simulate",
  "status",
  "dead-letters",
  "replay",
  "retention",
  "auth",
  "config",
];

/** Nothing listens on port 1. */
const nowhere = {
  ...subjects,
  NATS_URL: "nats://user:secret@127.0.0.1:1",
  DATABASE_URL: "postgres://user:secret@127.0.0.1:1/cc",
};

describe("help", () => {
  it("names every command and the exit codes", async () => {
    const { exit, stdout } = await ccingest(["--help"]);
    expect(exit).toBe(0);
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command} .* \\S`, "m"));
    expect(stdout).toContain("Exit codes:");
  });

  it.each(commands)("of %s describes it with examples", async (command) => {
    const { exit, stdout, stderr } = await ccingest([command, "--help"]);
    expect([exit, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(new RegExp(`^Usage: ccingest ${command} `));
    expect(stdout).toMatch(new RegExp(`\\nExamples:\\n  \\$ .*ccingest ${command}`));
  });
});

describe("a mistake is said in one line and ends with 2", () => {
  it.each([
    ["no command", [], /Usage: ccingest/],
    ["an unknown command", ["publis"], /unknown command 'publis'[^]*Did you mean publish\?/],
    ["an unknown option", ["simulate", "--node", "3"], /unknown option '--node'[^]*Did you mean --nodes\?/],
    ["an option's value", ["simulate", "--nodes", "many"], /--nodes[^]*integer from 1 to 1000000/],
    ["a port out of range", ["up", "--nats-port", "70000"], /--nats-port[^]*from 1 to 65535/],
    ["no file", ["publish"], /missing required argument 'file'/],
    ["no configuration", ["migrate"], /nothing is configured/],
    ["a configuration file that is not there", ["migrate", "--config", "no.json"], /no\.json/],
    ["no end", ["simulate", "--fast"], /--fast needs an end/, nowhere],
    ["a file that is not there", ["publish", "no.lp"], /no\.lp can't be read/, nowhere],
    [
      "an output that can't be written",
      ["simulate", "--jobs", "1", "--output", "/no/such/x"],
      /can't be written/,
    ],
    ["no horizon", ["retention"], /node states are kept for ever: set .*retention-days/, nowhere],
    ["a replay of nothing", ["replay", "--from", "1"], /required option '--stream <name>'/],
    ["a replay from nowhere", ["replay", "--stream", "X", "--from", "soon"], /--from[^]*a sequence number/],
    ["a service without an address", ["status", "--service", "ingest-jobs"], /ingest-jobs=http/],
  ])("%s", async (_, args: readonly string[], message, env: RunOptions["env"] = {}) => {
    const { exit, stderr, stdout } = await ccingest(args, { env, cwd: directory() });
    expect([exit, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it("every wrong setting, with its place", async () => {
    const config = join(directory(), "wrong.json");
    await writeFile(
      config,
      JSON.stringify({ nats: { adress: "x" }, ingest: { database: { url: "mysql://x" } } }),
    );
    const { exit, stderr } = await ccingest(["provision", "--config", config]);
    expect(exit).toBe(2);
    expect(stderr).toContain("nats.adress");
    expect(stderr).toContain("ingest.database.url");
  });
});

describe("a server that can't be reached is said in one line, without its password, and ends with 1", () => {
  it.each([
    ["broker", ["provision"]],
    ["broker", ["publish", "-"]],
    ["broker", ["simulate", "--jobs", "1"]],
    ["database", ["replay", "--stream", "CC_JOB", "--from", "1"]],
    ["database", ["migrate"]],
    ["database", ["retention"]],
  ])("the %s: %j", async (server, args) => {
    const input = "nodestate event=1 1760000000000000000";
    const run = await ccingest([...args, ...(args[0] === "publish" ? ["--no-check"] : [])], {
      env: { ...nowhere, INGEST_NODESTATE_RETENTION_DAYS: "30" },
      input,
    });
    expect(run.exit).toBe(1);
    expect(run.stderr).toMatch(
      new RegExp(`^error: the ${server} at \\S+127\\.0\\.0\\.1:1\\S* can't be reached: .*\\n$`),
    );
    expect(run.stderr).not.toContain("secret");
  });
});

it("a broker that refuses the credentials is said in one line, without them, at once, and ends with 4", async () => {
  await using broker = await startNatsServer({
    authorization: "authorization { token: right-secret }",
  });
  const env = { ...nowhere, NATS_URL: broker.url, NATS_TOKEN: "wrong-secret" };
  const run = await ccingest(["provision"], { env });
  expect(run).toEqual({
    exit: 4,
    stdout: "",
    stderr: `error: the broker at ${broker.url} refuses the token (authorization violation): wrong, expired or revoked, the broker's log tells which; renew it\n`,
  });
});

it("a reader that closes the pipe early is no failure", async () => {
  const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));
  const script = `"${process.execPath}" "${main}" simulate --output - | head -n 1 | wc -l; exit \${PIPESTATUS[0]}`;
  expect(await promisify(execFile)("bash", ["-c", script])).toEqual({ stdout: "1\n", stderr: "" });
});
