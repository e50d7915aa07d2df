import { readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { codeOf } from "./errors.js";
import { isAlive } from "./process-table.js";
import { waitUntil } from "./wait-until.js";

const HEARTBEAT_MS = 5_000;
const STALE_MS = 60_000;
const LONGEST_WAIT_MS = 15 * 60_000;

/**
 * Runs `work` while no other process does so under the same lock file. A lock whose owner died on this host, or that
 * was not touched for a minute, is taken over. Work must be harmless when done twice: two processes that take over
 * the same dead lock in the same instant both go on.
 */
export async function withLock<T>(file: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  const owner = JSON.stringify({ pid: process.pid, host: hostname() });
  let waiting = false;
  const taken = await waitUntil(
    async () => {
      if ((await tryCreate(file, owner)) || ((await isAbandoned(file)) && (await takeOver(file, owner)))) {
        return true;
      }
      if (!waiting) {
        waiting = true;
        onWait();
      }
      return false;
    },
    LONGEST_WAIT_MS,
    100,
  );
  if (!taken) {
    throw new Error(`${file} has been held by another process for too long; remove it if none is at work`);
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => {});
  }, HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await rm(file, { force: true });
  }
}

async function tryCreate(file: string, owner: string): Promise<boolean> {
  try {
    await writeFile(file, owner, { flag: "wx" });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") {
      return false;
    }
    throw error;
  }
}

async function takeOver(file: string, owner: string): Promise<boolean> {
  await rm(file, { force: true });
  return tryCreate(file, owner);
}

async function isAbandoned(file: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(file);
    if (Date.now() - mtimeMs > STALE_MS) {
      return true;
    }
    const owner: unknown = JSON.parse(await readFile(file, "utf8"));
    return isOwner(owner) && owner.host === hostname() && !isAlive(owner.pid);
  } catch {
    // Gone, or not written to its end yet.
    return false;
  }
}

function isOwner(value: unknown): value is { pid: number; host: string } {
  return (
    typeof value === "object" &&
    value !== null &&
    "pid" in value &&
    typeof value.pid === "number" &&
    "host" in value &&
    typeof value.host === "string"
  );
}
