import { execFile } from "node:child_process";
import { readFile, readlink, realpath } from "node:fs/promises";
import { promisify } from "node:util";
import { codeOf } from "./errors.js";

const run = promisify(execFile);

/** In the environment of every server: the process that started it. */
export const OWNER_VARIABLE = "CC_INGEST_OWNER";

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

/** Whether process `pid` is a server that works in `directory`, and not one that got its number later. */
export async function isAtWorkIn(pid: number, directory: string): Promise<boolean> {
  try {
    if (process.platform === "linux") {
      return (await readlink(`/proc/${pid}/cwd`)) === (await realpath(directory));
    }
    return (await run("ps", ["-o", "command=", "-p", String(pid)])).stdout.includes(directory);
  } catch {
    return false;
  }
}

/** undefined where the system does not tell. */
export async function ownerOf(pid: number): Promise<number | undefined> {
  const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
  const entry = environment.split("\0").find((each) => each.startsWith(`${OWNER_VARIABLE}=`));
  return entry === undefined ? undefined : Number(entry.slice(OWNER_VARIABLE.length + 1));
}
