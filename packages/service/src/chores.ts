import type { Logger } from "@cc-ingest/telemetry";
import type { Chore } from "./definition.js";

/** Runs each chore every so often, never two turns of one at a time. Disposing waits for turns that are under way. */
export function runChores(chores: readonly Chore[], log: Logger): AsyncDisposable {
  const running = new Set<Promise<void>>();
  const timers = chores.map((chore) => {
    let busy = false;
    const turn = async (): Promise<void> => {
      if (busy) return;
      busy = true;
      try {
        await chore.run();
      } catch (error) {
        log.warn({ err: error, chore: chore.name }, "a chore failed; its next turn tries again");
      } finally {
        busy = false;
      }
    };
    return setInterval(() => {
      const work = turn().finally(() => running.delete(work));
      running.add(work);
    }, chore.everySeconds * 1_000);
  });
  return {
    async [Symbol.asyncDispose]() {
      for (const timer of timers) clearInterval(timer);
      await Promise.all(running);
    },
  };
}
