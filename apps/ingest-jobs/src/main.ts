#!/usr/bin/env node
import { applyJobEvents, commitBatch } from "@cc-ingest/database";
import { jobsWorker, runService } from "@cc-ingest/service";

// Durable consumer on the job-event subject → job, tag, jobtag, parked_stop.
await runService({
  name: "ingest-jobs",
  worker: jobsWorker,
  accept: (line) => (line.kind === "start_job" || line.kind === "stop_job" ? line : undefined),
  commit: (db, batch) => commitBatch(db, { ...batch, apply: applyJobEvents }),
});
