#!/usr/bin/env node
import { NodeStore } from "@cc-ingest/database";
import { runService } from "@cc-ingest/service";

const store = new NodeStore();

// Durable consumer on the node-state subject → node, node_state.
await runService({
  name: "ingest-nodestate",
  subject: (subjects) => subjects.nodeState,
  concurrency: (subjects) => subjects.nodeConcurrency,
  settings: (ingest) => ingest.nodestate,
  accept: (line) => (line.kind === "nodestate" ? line : undefined),
  commit: (db, batch) => store.commit(db, batch),
});
