#!/usr/bin/env node
import { setFlagsFromString } from "node:v8";
import { jobsWorker, runService } from "@cc-ingest/service";
import { openJobs } from "./open-jobs.js";

// Old objects are collected once they are two and a half times those in use. By its own judgement V8 lets garbage grow to 100 MB
// while a backlog is drained; bounded, there is room for larger batches and for a young generation they fit in.
setFlagsFromString("--heap-growing-percent=150");

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
