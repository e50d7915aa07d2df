import type { DashboardSpec } from "../model/dashboard.js";
import { latency } from "./pipeline/latency.js";
import { now } from "./pipeline/now.js";
import { saturation } from "./pipeline/saturation.js";
import { throughput } from "./pipeline/throughput.js";
import { trouble } from "./pipeline/trouble.js";

export const pipeline: DashboardSpec = {
  uid: "cc-ingest-pipeline",
  file: "pipeline",
  title: "Pipeline",
  description:
    "From the streams to the tables: how far the services got, how fast they are, and what is in their way.",
  from: "now-1h",
  refresh: "15s",
  variables: [
    {
      kind: "query",
      name: "service",
      label: "Service",
      source: "prometheus",
      query: "label_values(ingest_build_info, service)",
      several: true,
    },
  ],
  rows: [now, throughput, latency, trouble, saturation],
};
