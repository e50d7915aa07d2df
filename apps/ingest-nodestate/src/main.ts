#!/usr/bin/env node
import { nodestateWorker, runService } from "@cc-ingest/service";
import { openNodestate } from "./open-nodestate.js";

// Durable consumer on the node-state subject → node, node_state.
await runService({ name: "ingest-nodestate", worker: nodestateWorker, open: openNodestate });
