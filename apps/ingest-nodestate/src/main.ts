#!/usr/bin/env node
import { nodestateWork, nodestateWorker, runService } from "@cc-ingest/service";

// Durable consumer on the node-state subject → node, node_state.
await runService({
  name: "ingest-nodestate",
  worker: nodestateWorker,
  open: async (runtime) => nodestateWork(runtime),
});
