import { isAlive } from "../process-table.js";
import { waitUntil } from "../wait-until.js";

/** Waits for the end of processes that are not this one's children. */
export function untilGone(pids: readonly number[]): Promise<boolean> {
  return waitUntil(() => !pids.some(isAlive), 30_000);
}
