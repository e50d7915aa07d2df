import type { RunChange } from "@cc-ingest/database";
import { type JobLine, type Runtime, type Work, jobWork, openLifecycle } from "@cc-ingest/service";
import { addUpUsageByDay } from "./add-up-usage.js";
import { reportOverdueStops } from "./report-overdue-stops.js";
import { stopExceedingWalltime } from "./stop-exceeding-walltime.js";

/** What this service does with its lines, and beside them. */
export async function openJobs(runtime: Runtime): Promise<Work<JobLine, RunChange>> {
  const announce = await openLifecycle(runtime.nats, runtime.config, runtime.service);
  return {
    ...jobWork(runtime),
    announce,
    chores: [
      ...stopExceedingWalltime(runtime, announce),
      reportOverdueStops(runtime),
      addUpUsageByDay(runtime),
    ],
  };
}
