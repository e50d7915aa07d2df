import type { Rejection } from "../decode-batch.js";

/** Why the duplicate window refuses a start. It leaves no dead letter with the batch: the window writes its own. */
export function insideWindow(jobId: bigint | undefined): Rejection {
  const message = `job ${jobId ?? ""} started again too soon after another run: see ingest.duplicate-window-seconds`;
  return { reason: "duplicate_job", message };
}
