import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "./tools.mjs";

const SUMMARIES = join(ROOT, ".turbo", "runs");

export async function removeSummaries() {
  await rm(SUMMARIES, { recursive: true, force: true });
}

/** How the tasks of all runs since `removeSummaries` ended: exit codes by task name (`package#task`). */
export async function readExitCodes() {
  const exitCodes = new Map();
  for (const name of await readdir(SUMMARIES).catch(() => [])) {
    const summary = JSON.parse(await readFile(join(SUMMARIES, name), "utf8"));
    for (const { taskId, execution } of summary.tasks) {
      if (execution !== undefined && execution !== null) {
        exitCodes.set(taskId, Math.max(execution.exitCode ?? 1, exitCodes.get(taskId) ?? 0));
      }
    }
  }
  return exitCodes;
}
