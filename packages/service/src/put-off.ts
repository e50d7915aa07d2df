import type { PullLoopOptions } from "@cc-ingest/jetstream";
import type { Logger } from "@cc-ingest/telemetry";
import type { Counters } from "./counters.js";

const SAY_AGAIN_AFTER_MS = 60_000;

/** The limit of a subject's rate, counted, and said once a minute while it puts messages off. */
export function putOff(
  perSubjectAndSecond: number,
  counters: Counters,
  log: Logger,
): Pick<PullLoopOptions, "perSubjectAndSecond" | "onPutOff"> {
  let said = -Infinity;
  return {
    perSubjectAndSecond,
    onPutOff(subject, messages) {
      counters.add("messages_put_off", messages);
      const now = performance.now();
      if (now - said < SAY_AGAIN_AFTER_MS) return;
      said = now;
      log.warn(
        { subject, perSecond: perSubjectAndSecond },
        "a subject sends more than ingest.subject-rate-limit: what is beyond waits at the broker for its turn",
      );
    },
  };
}
