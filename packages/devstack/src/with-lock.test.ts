import { execFile } from "node:child_process";
import { readFile, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { useTempDirectory } from "./vitest/temp-directory.js";
import { withLock } from "./with-lock.js";

const run = promisify(execFile);
const directory = useTempDirectory();

it("lets one in at a time", async () => {
  const file = join(directory(), "one");
  const events: string[] = [];
  let waits = 0;
  const work = (name: string): Promise<void> =>
    withLock(
      file,
      () => (waits += 1),
      async () => {
        events.push(`${name} in`);
        await new Promise(setImmediate);
        events.push(`${name} out`);
      },
    );
  await Promise.all([work("a"), work("b")]);
  expect(events).toHaveLength(4);
  expect(events[1]).toBe(events[0]?.replace("in", "out"));
  expect(waits).toBe(1);
  await expect(readFile(file)).rejects.toThrow("ENOENT");
});

it("takes over from an owner that died on this host", async () => {
  const file = join(directory(), "dead");
  const { stdout } = await run("sh", ["-c", "echo $$"]);
  await writeFile(file, JSON.stringify({ pid: Number(stdout), host: hostname() }));
  expect(
    await withLock(
      file,
      () => {},
      () => Promise.resolve("done"),
    ),
  ).toBe("done");
});

it("takes over a lock that nobody has touched for long", async () => {
  const file = join(directory(), "old");
  await writeFile(file, JSON.stringify({ pid: 1, host: "elsewhere" }));
  const past = new Date(Date.now() - 120_000);
  await utimes(file, past, past);
  expect(
    await withLock(
      file,
      () => {},
      () => Promise.resolve("done"),
    ),
  ).toBe("done");
});

it("is free again after work that failed", async () => {
  const file = join(directory(), "failed");
  await expect(
    withLock(
      file,
      () => {},
      () => Promise.reject(new Error("no")),
    ),
  ).rejects.toThrow("no");
  expect(
    await withLock(
      file,
      () => {},
      () => Promise.resolve("done"),
    ),
  ).toBe("done");
});
