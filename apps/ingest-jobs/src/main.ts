#!/usr/bin/env node
import { applyJobEvents, commitBatch } from "@cc-ingest/database";
import { runService } from "@cc-ingest/service";

// Durable consumer on the job-event subject → job, tag, jobtag, parked_stop.
await runService({
  name: "ingest-jobs",
  subject: (subjects) => subjects.jobEvent,
  concurrency: (subjects) => subjects.jobConcurrency,
  settings: (ingest) => ingest.jobs,
  accept: (line) => (line.kind === "start_job" || line.kind === "stop_job" ? line : undefined),
  commit: (db, batch) => commitBatch(db, { ...batch, apply: applyJobEvents }),
});
