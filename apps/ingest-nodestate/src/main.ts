#!/usr/bin/env node
import { nodestateWork, nodestateWorker, runService } from "@cc-ingest/service";
import { partitionsAhead } from "./partitions-ahead.js";
import { retireOldDays } from "./retire-old-days.js";

// Durable consumer on the node-state subject → node, node_state.
await runService({
  name: "ingest-nodestate",
  kinds: { nodestate: ["applied", "duplicate"] },
  worker: nodestateWorker,
  open: async (runtime) => ({
    ...nodestateWork(runtime),
    chores: [partitionsAhead(runtime), ...retireOldDays(runtime)],
  }),
});
