import type { DuplicateWindow } from "@cc-ingest/database";
import { decodeMessage } from "@cc-ingest/protocol";
import { type Runtime, type Sourced, lineSource } from "@cc-ingest/service";
import { type JobLine, checkCluster } from "./check-cluster.js";

/** The rule of `ingest.duplicate-window-seconds`; undefined when none is set. */
export function duplicateWindow(runtime: Runtime): DuplicateWindow<Sourced<JobLine>> | undefined {
  const { config, definitions } = runtime;
  const { duplicateWindowSeconds: seconds, timestampPrecision: precision } = config.ingest;
  if (seconds === 0) return undefined;
  return {
    seconds,
    sourceOf: (event) => lineSource(runtime, event.delivery, event),
    readStart(raw, receivedAt) {
      const [line] = decodeMessage(raw, { precision, streamTime: receivedAt });
      const start = line?.kind === "start_job" ? checkCluster(line, definitions) : undefined;
      return start !== undefined && "job" in start ? start.job : undefined;
    },
  };
}
