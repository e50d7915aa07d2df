import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type ProcessIdentity, isAlive, isSameProcess, ownIdentity } from "../shared/process-identity.js";
import type { Stack } from "../shared/stack-file.js";
import { writeWhole } from "../shared/write-whole.js";

/** The files of one running stack. Disposing removes what would mislead a reader; the logs stay. */
export interface Place extends AsyncDisposable {
  readonly stackFile: string;
  readonly configFile: string;
  readonly logDirectory: string;
  /** The process whose stack has the plain names already. */
  readonly beside: number | undefined;
  /** Readers see the whole of it or nothing. */
  writeStack(stack: Omit<Stack, keyof ProcessIdentity>): Promise<void>;
  writeConfig(config: object): Promise<void>;
}

/** A moment in which another process that takes over the same abandoned lock would show. */
const SETTLE_MS = 50;

/**
 * Takes `stack.json`, `config.json` and `logs` in `directory` – or, beside a stack that is alive, names with this
 * process's number. What a killed run left is taken over or removed.
 */
export async function claimPlace(directory: string): Promise<Place> {
  await mkdir(directory, { recursive: true });
  await removeAbandoned(directory);
  const identity = await ownIdentity();
  const lock = join(directory, "stack.lock");
  const owner = await takeLock(lock, identity);
  const suffix = owner === undefined ? "" : `-${process.pid}`;
  const stackFile = join(directory, `stack${suffix}.json`);
  const configFile = resolve(directory, `config${suffix}.json`);
  const logDirectory = resolve(directory, `logs${suffix}`);
  await Promise.all([stackFile, configFile].map((file) => rm(file, { force: true })));
  await rm(logDirectory, { recursive: true, force: true });
  await mkdir(logDirectory);
  return {
    stackFile,
    configFile,
    logDirectory,
    beside: owner,
    writeStack: (stack) => writeJson(stackFile, { ...identity, ...stack }),
    writeConfig: (config) => writeJson(configFile, config),
    async [Symbol.asyncDispose]() {
      await Promise.all([stackFile, configFile].map((file) => rm(file, { force: true })));
      if (owner === undefined) await rm(lock, { force: true });
    },
  };
}

/** Undefined when the lock is ours now, else the number of the living process that has it. */
async function takeLock(lock: string, identity: ProcessIdentity): Promise<number | undefined> {
  if (await create(lock, identity)) return undefined;
  const owner = await ownerOf(lock);
  if (owner !== undefined) return owner;
  await writeJson(lock, identity);
  await delay(SETTLE_MS);
  const now = await ownerOf(lock);
  return now === identity.pid ? undefined : now;
}

async function create(lock: string, identity: ProcessIdentity): Promise<boolean> {
  try {
    await writeFile(lock, JSON.stringify(identity), { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/** Undefined when whoever made it is gone. */
async function ownerOf(file: string): Promise<number | undefined> {
  try {
    const identity = JSON.parse(await readFile(file, "utf8")) as ProcessIdentity;
    return (await isSameProcess(identity)) ? identity.pid : undefined;
  } catch {
    return undefined;
  }
}

/** It holds passwords of the servers on this machine. */
async function writeJson(file: string, content: object): Promise<void> {
  await writeWhole(file, `${JSON.stringify(content, null, 2)}\n`);
}

/** What stacks with a number in their names left when they were killed. */
async function removeAbandoned(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const pid = /^(?:stack|config|logs)-(\d+)(?:\.json)?$/.exec(name)?.[1];
    if (pid !== undefined && !(await isAlive(Number(pid))))
      await rm(join(directory, name), { recursive: true, force: true });
  }
}
