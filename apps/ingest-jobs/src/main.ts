#!/usr/bin/env node
import { jobsWorker, runService } from "@cc-ingest/service";
import { openJobs } from "./open-jobs.js";

// Durable consumer on the job-event subject → job, tag, jobtag, parked_stop.
await runService({
  name: "ingest-jobs",
  kinds: {
    start_job: ["applied", "duplicate", "rejected"],
    stop_job: ["applied", "duplicate", "parked"],
  },
  worker: jobsWorker,
  open: openJobs,
});
