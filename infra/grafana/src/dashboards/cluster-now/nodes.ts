import type { Row } from "../../model/dashboard.js";
import type { BarsPanel, StatPanel, TablePanel, TilesPanel } from "../../model/panel.js";
import { list, rows } from "../../model/query.js";
import { CLUSTER, NOW } from "../sql.js";
import { literals, nodeStateColors, nodeStates, tileStates } from "../states.js";

const STALE = `time_stamp < ${NOW} - \${stale:raw}`;

const perState: BarsPanel = {
  kind: "bars",
  title: "Nodes per state",
  description: "By each node's newest report.",
  queries: [
    rows(
      { state: "text", nodes: "number" },
      `SELECT state, count(node.id) AS nodes
FROM unnest(ARRAY[${literals(nodeStates)}]) WITH ORDINALITY AS known (state, place)
LEFT JOIN node ON node.node_state = state AND node.cluster = ${CLUSTER}
GROUP BY state, place ORDER BY place DESC`,
    ),
  ],
  unit: "short",
  width: 6,
  height: 9,
  colors: nodeStateColors,
};

const allocation: TablePanel = {
  kind: "table",
  title: "Allocated of what there is",
  description:
    "By subcluster. What there is comes from the cluster definitions; without them the percentage is not known. CPUs are hardware threads.",
  queries: [
    list(
      {
        subcluster: "text",
        nodes: "number",
        cpus: "number",
        "of cpus": "number",
        "cpus %": "number",
        "memory MB": "number",
        "of MB": "number",
        "memory %": "number",
        gpus: "number",
        "of gpus": "number",
        "gpus %": "number",
      },
      `SELECT subcluster, count(*) AS nodes,
  coalesce(sum(cpus_allocated), 0)::bigint AS cpus, sum(cpus_total)::bigint AS "of cpus",
  (100.0 * sum(cpus_allocated) / nullif(sum(cpus_total), 0))::float8 AS "cpus %",
  coalesce(sum(memory_allocated), 0)::bigint AS "memory MB", sum(memory_total)::bigint AS "of MB",
  (100.0 * sum(memory_allocated) / nullif(sum(memory_total), 0))::float8 AS "memory %",
  coalesce(sum(gpus_allocated), 0)::bigint AS gpus, sum(gpus_total)::bigint AS "of gpus",
  (100.0 * sum(gpus_allocated) / nullif(sum(gpus_total), 0))::float8 AS "gpus %"
FROM node_allocation WHERE cluster = ${CLUSTER}
GROUP BY subcluster ORDER BY subcluster`,
    ),
  ],
  unit: "short",
  units: { "cpus %": "percent", "memory %": "percent", "gpus %": "percent" },
  width: 18,
  height: 9,
  empty: "no nodes",
};

function share(title: string, column: string): StatPanel {
  return {
    kind: "stat",
    title,
    description: "Allocated of what the cluster definitions say there is; 0 without them.",
    queries: [
      rows(
        { allocated: "number" },
        `SELECT coalesce(100.0 * sum(${column}_allocated) / nullif(sum(${column}_total), 0), 0)::float8 AS allocated
FROM node_allocation WHERE cluster = ${CLUSTER}`,
      ),
    ],
    unit: "percent",
    max: 100,
    decimals: 1,
    calm: "blue",
    width: 8,
    height: 4,
  };
}

const grid: TilesPanel = {
  kind: "tiles",
  title: "Nodes",
  description: "A tile for each node, by its newest report. Click one to see its history.",
  queries: [
    list(
      { hostname: "text", state: "number" },
      `SELECT hostname, CASE WHEN time_stamp IS NULL OR ${STALE} THEN ${nodeStates.length}
  ELSE array_position(ARRAY[${literals(nodeStates)}], node_state) - 1 END AS state
FROM node WHERE cluster = ${CLUSTER} ORDER BY hostname`,
    ),
  ],
  unit: "short",
  width: 24,
  height: 12,
  empty: "no nodes",
  states: tileStates,
  link: {
    title: "History of ${__data.fields.hostname}",
    url: "/d/cc-ingest-nodes?var-cluster=${cluster}&var-node=${__data.fields.hostname}",
  },
};

export const nodes: Row = {
  title: "Nodes",
  panels: [
    perState,
    allocation,
    share("CPUs", "cpus"),
    share("Memory", "memory"),
    share("GPUs", "gpus"),
    grid,
  ],
};
