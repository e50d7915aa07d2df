import { type RunChange, commitJobs } from "@cc-ingest/database";
import type { Runtime, Work } from "@cc-ingest/service";
import { type JobLine, checkCluster } from "./check-cluster.js";
import { duplicateWindow } from "./duplicate-window.js";
import { openLifecycle } from "./lifecycle.js";
import { reportOverdueStops } from "./report-overdue-stops.js";
import { stopExceedingWalltime } from "./stop-exceeding-walltime.js";

/** What this service does with its lines. */
export async function openJobs(runtime: Runtime): Promise<Work<JobLine, RunChange>> {
  const { db, definitions } = runtime;
  const announce = await openLifecycle(runtime);
  const window = duplicateWindow(runtime);
  return {
    accept: (line) =>
      line.kind === "start_job" || line.kind === "stop_job" ? checkCluster(line, definitions) : undefined,
    commit: (batch, mode) => commitJobs(db, batch, mode, window),
    announce,
    chores: [stopExceedingWalltime(runtime, announce), reportOverdueStops(runtime)].flat(),
  };
}
