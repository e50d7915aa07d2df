import type { PullLoopOptions } from "@cc-ingest/jetstream";
import type { Logger } from "@cc-ingest/telemetry";

const SAY_AGAIN_AFTER_MS = 60_000;

/** The limit of a subject's rate, said once a minute while it puts messages off. */
export function putOff(
  perSubjectAndSecond: number,
  log: Logger,
): Pick<PullLoopOptions, "perSubjectAndSecond" | "onPutOff"> {
  let said = -Infinity;
  return {
    perSubjectAndSecond,
    onPutOff(subject) {
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
