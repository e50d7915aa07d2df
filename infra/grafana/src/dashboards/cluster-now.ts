import type { DashboardSpec } from "../model/dashboard.js";
import { clusterVariable } from "./sql.js";
import { attention } from "./cluster-now/attention.js";
import { nodes } from "./cluster-now/nodes.js";
import { running } from "./cluster-now/running.js";

export const clusterNow: DashboardSpec = {
  uid: "cc-ingest-cluster-now",
  file: "cluster-now",
  title: "Cluster now",
  description:
    "One cluster as its newest reports tell it: nodes, what is allocated of them, running jobs, and what needs somebody.",
  from: "now-1h",
  refresh: "30s",
  variables: [
    clusterVariable,
    {
      kind: "choice",
      name: "stale",
      label: "Stale after",
      choices: [
        { text: "10 minutes", value: "600" },
        { text: "5 minutes", value: "300" },
        { text: "30 minutes", value: "1800" },
        { text: "1 hour", value: "3600" },
      ],
    },
  ],
  rows: [nodes, running, attention],
};
