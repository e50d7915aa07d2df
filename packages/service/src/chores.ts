import type { Logger } from "@cc-ingest/telemetry";
import type { Chore } from "./definition.js";

/** Runs each chore every so often, never two turns of one at a time. Disposing tells turns that are under way, and waits for them. */
export function runChores(chores: readonly Chore[], log: Logger): AsyncDisposable {
  const stop = new AbortController();
  const running = new Set<Promise<void>>();
  const timers = chores.map((chore) => {
    let busy = false;
    const turn = async (): Promise<void> => {
      if (busy) return;
      busy = true;
      try {
        await chore.run(stop.signal);
      } catch (error) {
        if (!stop.signal.aborted)
          log.warn({ err: error, chore: chore.name }, "a chore failed; its next turn tries again");
      } finally {
        busy = false;
      }
    };
    const begin = (): void => {
      const work = turn().finally(() => running.delete(work));
      running.add(work);
    };
    if (chore.atStart === true) begin();
    return setInterval(begin, chore.everySeconds * 1_000);
  });
  return {
    async [Symbol.asyncDispose]() {
      for (const timer of timers) clearInterval(timer);
      stop.abort();
      await Promise.all(running);
    },
  };
}
