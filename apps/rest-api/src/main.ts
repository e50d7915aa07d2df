#!/usr/bin/env node
import { runWebApp } from "@cc-ingest/web";
import { openRestApi } from "./open-rest-api.js";

// ClusterCockpit's REST endpoints; node states go on to the stream where subjects are configured.
await runWebApp({
  name: "rest-api",
  required: ["database"],
  usesBroker: ({ apiSubjects }) => apiSubjects !== undefined,
  open: openRestApi,
});
