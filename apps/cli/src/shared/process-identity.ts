import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A process, told from a later one that got the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it began, in whatever form the system says it; empty where it can't say. */
  readonly processStart: string;
}

export async function ownIdentity(): Promise<ProcessIdentity> {
  return { pid: process.pid, processStart: (await startOf(process.pid)) ?? "" };
}

export async function isSameProcess({ pid, processStart }: ProcessIdentity): Promise<boolean> {
  return (await startOf(pid)) === processStart;
}

/** Whether there is any process with this number. */
export async function isAlive(pid: number): Promise<boolean> {
  return (await startOf(pid)) !== undefined;
}

/** Undefined when there is no such process. */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    if (process.platform !== "linux")
      return (await run("ps", ["-o", "lstart=", "-p", String(pid)])).stdout.trim();
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // The command's name stands in parentheses and may hold spaces; the start time is the 20th field behind it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // A zombie is a process that has ended.
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
