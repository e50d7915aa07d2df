import { useTempDirectory } from "@cc-ingest/devstack/testing";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ownIdentity } from "../shared/process-identity.js";
import type { Stack } from "../shared/stack-file.js";
import { claimPlace } from "./claim-place.js";

const directory = useTempDirectory();
let directories = 0;

function fresh(): string {
  directories += 1;
  return join(directory(), String(directories));
}

/** The number of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ["--eval", ""]);
  const { pid = 0 } = child;
  await once(child, "exit");
  return pid;
}

const stack: Omit<Stack, "pid" | "processStart"> = {
  startedAt: "2026-03-01T12:00:00.000Z",
  configFile: "config.json",
  natsUrl: "nats://127.0.0.1:4222",
  producerUrl: "nats://producer:secret@127.0.0.1:4222",
  databaseUrl: "postgres://127.0.0.1/cc_ingest",
  healthUrls: {},
  metricsUrls: {},
  webUrls: {},
  logFiles: {},
  subjects: { jobEvent: "cc.job.event", nodeState: "cc.node.state" },
};

it("gives the plain names, and removes all but the logs at the end", async () => {
  const at = fresh();
  const place = await claimPlace(at);
  expect(place.stackFile).toBe(join(at, "stack.json"));
  expect(place.beside).toBeUndefined();
  await place.writeConfig({ main: {} });
  await place.writeStack(stack);
  expect(JSON.parse(await readFile(place.stackFile, "utf8"))).toMatchObject({ pid: process.pid, ...stack });
  await place[Symbol.asyncDispose]();
  expect(await readdir(at)).toEqual(["logs"]);
});

it("gives other names beside a stack that is alive, and leaves its files alone", async () => {
  const at = fresh();
  await using first = await claimPlace(at);
  await first.writeStack(stack);
  const second = await claimPlace(at);
  expect(second.beside).toBe(process.pid);
  expect(second.stackFile).toBe(join(at, `stack-${process.pid}.json`));
  await second.writeStack({ ...stack, natsUrl: "nats://127.0.0.1:4223" });
  await second[Symbol.asyncDispose]();
  expect(JSON.parse(await readFile(first.stackFile, "utf8"))).toMatchObject({ natsUrl: stack.natsUrl });
  const third = await claimPlace(at);
  expect(third.beside).toBe(process.pid);
  await third[Symbol.asyncDispose]();
});

it("takes over and clears away what a killed run left", async () => {
  const at = fresh();
  const pid = await deadPid();
  await mkdir(join(at, `logs-${pid}`), { recursive: true });
  const identity = JSON.stringify({ pid, processStart: "1" });
  for (const name of ["stack.lock", "stack.json", "config.json", `stack-${pid}.json`, `config-${pid}.json`])
    await writeFile(join(at, name), identity);
  await using place = await claimPlace(at);
  expect(place.beside).toBeUndefined();
  expect((await readdir(at)).toSorted()).toEqual(["logs", "stack.lock"]);
  await expect(access(place.stackFile)).rejects.toThrow("ENOENT");
});

it("takes over a lock whose number another process has got since", async () => {
  const at = fresh();
  await mkdir(at);
  await writeFile(
    join(at, "stack.lock"),
    JSON.stringify({ ...(await ownIdentity()), processStart: "long ago" }),
  );
  await using place = await claimPlace(at);
  expect(place.beside).toBeUndefined();
});
