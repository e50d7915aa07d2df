#!/usr/bin/env node
import { applyJobEvents, commitBatch } from "@cc-ingest/database";
import { checkCluster } from "./check-cluster.js";
import { jobsWorker, runService } from "@cc-ingest/service";

// Durable consumer on the job-event subject → job, tag, jobtag, parked_stop.
await runService({
  name: "ingest-jobs",
  worker: jobsWorker,
  accept: (line, definitions) =>
    line.kind === "start_job" || line.kind === "stop_job" ? checkCluster(line, definitions) : undefined,
  commit: (db, batch) => commitBatch(db, { ...batch, apply: applyJobEvents }),
});
