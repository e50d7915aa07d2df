import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { DevstackError } from "./errors.js";
import { isAlive } from "./process-table.js";
import { startProcess } from "./start-process.js";
import { untilGone } from "./testing/processes.js";
import { useTempDirectory } from "./vitest/temp-directory.js";

const directory = useTempDirectory();

/** A program that makes a file when it has begun. */
function spec(script: string) {
  const ready = join(directory(), "ready");
  return {
    name: "the program",
    command: process.execPath,
    args: ["--eval", `require("node:fs").writeFileSync(${JSON.stringify(ready)}, ""); ${script}`],
    cwd: directory(),
    env: {},
    logFile: join(directory(), "log"),
    stopSignal: "TERM",
    isReady: async () => existsSync(ready),
  } as const;
}

it("runs a program until it is disposed", async () => {
  const program = await startProcess(spec("setInterval(() => {}, 1000)"));
  expect(isAlive(program.pid)).toBe(true);
  await program[Symbol.asyncDispose]();
  expect(isAlive(program.pid)).toBe(false);
});

it("tells of its end", async () => {
  await using program = await startProcess(spec("setInterval(() => {}, 1000)"));
  process.kill(program.pid, "SIGKILL");
  await program.exited;
  expect(isAlive(program.pid)).toBe(false);
});

it("says how the log of a program that did not start ends", async () => {
  const failing = {
    ...spec('console.error("no such setting"); process.exit(2)'),
    isReady: async () => false,
  };
  const error: unknown = await startProcess(failing).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DevstackError);
  expect(String(error)).toContain("the program ended while starting");
  expect(String(error)).toContain("no such setting");
});

it("ends a program whose starter was killed", async () => {
  const module = new URL("../dist/index.js", import.meta.url).href;
  const { args, ...rest } = spec("setInterval(() => {}, 1000)");
  const script = `
    const { startProcess } = await import(${JSON.stringify(module)});
    const program = await startProcess({
      ...${JSON.stringify({ ...rest, args })},
      isReady: async () => true,
    });
    console.log(program.pid);
    setInterval(() => {}, 1000);`;
  const starter = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(starter, "exit");
  const [pid] = await once(starter.stdout.setEncoding("utf8"), "data");
  expect(isAlive(Number(pid))).toBe(true);
  starter.kill("SIGKILL");
  await ended;
  expect(await untilGone([Number(pid)])).toBe(true);
});
