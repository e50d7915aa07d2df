import { type RunChange, commitJobs } from "@cc-ingest/database";
import type { Work, WorkContext } from "../definition.js";
import { type JobLine, checkCluster } from "./check-cluster.js";
import { duplicateWindow } from "./duplicate-window.js";

/** What is done with the lines of the job-event subject. */
export function jobWork(context: WorkContext): Work<JobLine, RunChange> {
  const { db, definitions } = context;
  const window = duplicateWindow(context);
  return {
    accept: (line) =>
      line.kind === "start_job" || line.kind === "stop_job" ? checkCluster(line, definitions) : undefined,
    commit: (batch, mode) => commitJobs(db, batch, mode, window),
  };
}
