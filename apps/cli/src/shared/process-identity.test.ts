import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { isAlive, isSameProcess, ownIdentity } from "./process-identity.js";

it("knows this process, and tells it from an earlier one with its number", async () => {
  const identity = await ownIdentity();
  expect(await isSameProcess(identity)).toBe(true);
  expect(await isSameProcess({ ...identity, processStart: `${identity.processStart}0` })).toBe(false);
});

it("knows that a process has ended", async () => {
  const child = spawn(process.execPath, ["--eval", ""]);
  const { pid = 0 } = child;
  await once(child, "exit");
  expect(await isAlive(pid)).toBe(false);
});
