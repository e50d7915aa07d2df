import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { say } from "./output.mjs";

/** Runs `work` while no other process does so; the lock of a process that is gone counts for nothing. */
export async function withLock(file, work) {
  await mkdir(dirname(file), { recursive: true });
  for (let waiting = false; !(await take(file)); waiting = true) {
    if (!waiting) {
      say("Waiting for another npm start or npm test that is building here");
    }
    await delay(200);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file) {
  const owner = `${process.pid} ${hostname()}`;
  if (await isAbandoned(file)) {
    await rm(file, { force: true });
  }
  return writeFile(file, owner, { flag: "wx" }).then(
    () => true,
    (error) => {
      if (error.code === "EEXIST") {
        return false;
      }
      throw error;
    },
  );
}

async function isAbandoned(file) {
  const [pid, host] = (await readFile(file, "utf8").catch(() => "")).split(" ");
  if (!pid || !host) {
    return false;
  }
  return host !== hostname() || !isAlive(Number(pid));
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
