import type { DashboardSpec } from "../model/dashboard.js";
import { flow } from "./jobs/flow.js";
import { missing } from "./jobs/missing.js";
import { usage } from "./jobs/usage.js";
import { clusterVariable } from "./sql.js";

export const jobs: DashboardSpec = {
  uid: "cc-ingest-jobs",
  file: "jobs",
  title: "Jobs",
  description:
    "The jobs of one cluster over time: starts and ends, waiting, outcomes, who uses the nodes, and what is missing.",
  from: "now-24h",
  refresh: "1m",
  variables: [clusterVariable],
  rows: [flow, usage, missing],
};
