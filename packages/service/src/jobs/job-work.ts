import { type RunChange, commitJobs } from "@cc-ingest/database";
import type { Work, WorkContext } from "../definition.js";
import { type JobLine, checkCluster } from "./check-cluster.js";
import { holdToSubject } from "../hold-to-subject.js";
import { duplicateWindow } from "./duplicate-window.js";
import { insideWindow } from "./inside-window.js";

/** What is done with the lines of the job-event subject. */
export function jobWork(context: WorkContext): Work<JobLine, RunChange> {
  const { config, db, definitions } = context;
  const window = duplicateWindow(context);
  const hold = holdToSubject(config.apiSubjects?.jobEvent);
  return {
    accept(line, subject) {
      if (line.kind !== "start_job" && line.kind !== "stop_job") return undefined;
      const held = hold<JobLine>(line, subject);
      return "reason" in held ? held : checkCluster(held, definitions);
    },
    commit: (batch, mode) => commitJobs(db, batch, mode, window),
    whyRejected: (line) => insideWindow(line.kind === "start_job" ? line.job.jobId : line.stop.jobId),
  };
}
