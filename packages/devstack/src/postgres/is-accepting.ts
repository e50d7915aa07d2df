import { readFile } from "node:fs/promises";
import { join } from "node:path";

const PID_LINE = 0;
const STATUS_LINE = 7;

/** Whether the Postgres with process id `pid` takes connections, by what it writes into its own pid file. */
export async function isAccepting(dataDir: string, pid: number): Promise<boolean> {
  const lines = (await readFile(join(dataDir, "postmaster.pid"), "utf8").catch(() => "")).split("\n");
  return lines[PID_LINE] === String(pid) && lines[STATUS_LINE]?.trim() === "ready";
}
