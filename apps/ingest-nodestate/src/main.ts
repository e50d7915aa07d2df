#!/usr/bin/env node
import { NodeStore } from "@cc-ingest/database";
import { nodestateWorker, runService } from "@cc-ingest/service";

const store = new NodeStore();

// Durable consumer on the node-state subject → node, node_state.
await runService({
  name: "ingest-nodestate",
  worker: nodestateWorker,
  open: async ({ db }) => ({
    accept: (line) => (line.kind === "nodestate" ? line : undefined),
    commit: (batch, mode) => store.commit(db, batch, mode),
  }),
});
