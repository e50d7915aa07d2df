import type { LineEvent } from "../decode-batch.js";
import type { Work } from "../definition.js";
import type { ServiceMetrics } from "./service-metrics.js";

/** The same work; how long its commits take is recorded. */
export function timedWork<Event extends LineEvent, Effect>(
  work: Work<Event, Effect>,
  metrics: ServiceMetrics,
): Work<Event, Effect> {
  return {
    ...work,
    async commit(batch, mode) {
      const begin = performance.now();
      const applied = await work.commit(batch, mode);
      metrics.record("commit_seconds", [(performance.now() - begin) / 1000]);
      return applied;
    },
  };
}
