import type { DashboardSpec } from "../model/dashboard.js";
import { fleet } from "./nodes/fleet.js";
import { oneNode } from "./nodes/one-node.js";
import { reliability } from "./nodes/reliability.js";
import { CLUSTER, clusterVariable } from "./sql.js";

export const nodesOverTime: DashboardSpec = {
  uid: "cc-ingest-nodes",
  file: "nodes-over-time",
  title: "Nodes over time",
  description:
    "The nodes of one cluster over time: how many are in which state, which are down and how often, and the history of one of them.",
  from: "now-7d",
  refresh: "5m",
  variables: [
    clusterVariable,
    {
      kind: "query",
      name: "node",
      label: "Node",
      source: "postgres",
      query: `SELECT hostname FROM node WHERE cluster = ${CLUSTER} ORDER BY hostname`,
      several: false,
    },
  ],
  rows: [fleet, reliability, oneNode],
};
