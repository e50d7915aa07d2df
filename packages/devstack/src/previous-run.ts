import { readFile, rm } from "node:fs/promises";
import { DevstackError } from "./errors.js";
import { isAlive, isAtWorkIn, ownerOf } from "./process-table.js";
import { waitUntil } from "./wait-until.js";

/** A killed run's guard takes at most five seconds to end its server. */
const PREVIOUS_RUN_TIMEOUT_MS = 8_000;

/**
 * Waits for the end of the server that a killed run may have left in `directory`, and removes a `pidFile` that names
 * some other process (numbers are used again, say after a reboot): Postgres would take that one for its own.
 * Two servers on one directory would destroy it, so a server that stays is an error.
 */
export async function endPreviousRun(pidFile: string, directory: string): Promise<void> {
  const pid = Number.parseInt(await readFile(pidFile, "utf8").catch(() => ""), 10);
  if (!Number.isInteger(pid) || pid <= 0) {
    return;
  }
  const owner = await ownerOf(pid);
  const timeout = owner !== undefined && isAlive(owner) ? 0 : PREVIOUS_RUN_TIMEOUT_MS;
  if (!(await waitUntil(async () => !(await isAtWorkIn(pid, directory)), timeout, 100))) {
    throw new DevstackError(
      "data_directory_in_use",
      `${directory} is in use by process ${pid}. Stop that one or choose another directory.`,
    );
  }
  if (isAlive(pid)) {
    await rm(pidFile, { force: true });
  }
}
