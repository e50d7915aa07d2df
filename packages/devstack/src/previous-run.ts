import { execFile } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { promisify } from "node:util";
import { DevstackError } from "./errors.js";
import { waitUntil } from "./wait-until.js";

const run = promisify(execFile);

/** A killed run's guard takes at most five seconds to end its server. */
const PREVIOUS_RUN_TIMEOUT_MS = 8_000;

/**
 * Waits for the end of the server that an earlier run may have left in `directory`, and removes a `pidFile` that
 * names some other process (numbers are used again, say after a reboot): Postgres would take that one for its own.
 * Two servers on one directory would destroy it, so a server that stays is an error.
 */
export async function endPreviousRun(pidFile: string, directory: string): Promise<void> {
  const pid = Number.parseInt(await readFile(pidFile, "utf8").catch(() => ""), 10);
  if (!Number.isInteger(pid) || pid <= 0) {
    return;
  }
  let command = "";
  const gone = await waitUntil(
    async () => {
      command = await commandLineOf(pid);
      return !command.includes(directory);
    },
    PREVIOUS_RUN_TIMEOUT_MS,
    100,
  );
  if (!gone) {
    throw new DevstackError(
      "data_directory_in_use",
      `${directory} is in use by process ${pid} (${command}). Stop that one or choose another directory.`,
    );
  }
  if (command !== "") {
    await rm(pidFile, { force: true });
  }
}

/** Empty when there is no such process. */
async function commandLineOf(pid: number): Promise<string> {
  try {
    if (process.platform === "linux") {
      return (await readFile(`/proc/${pid}/cmdline`, "utf8")).replaceAll("\0", " ").trim();
    }
    return (await run("ps", ["-o", "command=", "-p", String(pid)])).stdout.trim();
  } catch {
    return "";
  }
}
