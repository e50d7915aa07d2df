import type { DuplicateWindow } from "@cc-ingest/database";
import { decodeMessage } from "@cc-ingest/protocol";
import { type Sourced, lineSource } from "../decode-batch.js";
import type { WorkContext } from "../definition.js";
import { type JobLine, checkCluster } from "./check-cluster.js";

/** The rule of `ingest.duplicate-window-seconds`; undefined when none is set. */
export function duplicateWindow(context: WorkContext): DuplicateWindow<Sourced<JobLine>> | undefined {
  const { config, definitions } = context;
  const { duplicateWindowSeconds: seconds, timestampPrecision: precision } = config.ingest;
  if (seconds === 0) return undefined;
  return {
    seconds,
    sourceOf: (event) => lineSource(context, event.delivery, event),
    readStart(raw, receivedAt) {
      const [line] = decodeMessage(raw, { precision, streamTime: receivedAt });
      const start = line?.kind === "start_job" ? checkCluster(line, definitions) : undefined;
      return start !== undefined && "job" in start ? start.job : undefined;
    },
  };
}
