import { setTimeout as delay } from "node:timers/promises";

/** Asks `condition` every `intervalMs` until it answers true (then true) or `timeoutMs` have passed (then false). */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
  intervalMs = 20,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() >= deadline) {
      return false;
    }
    await delay(intervalMs);
  }
  return true;
}
