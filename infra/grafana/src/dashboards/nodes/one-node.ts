import type { Row } from "../../model/dashboard.js";
import type { GraphPanel, TimelinePanel } from "../../model/panel.js";
import { timeSeries } from "../../model/query.js";
import { CLUSTER, FROM, TO, slots } from "../sql.js";
import { nodeStateColors } from "../states.js";

const NODE = `(SELECT id FROM node WHERE cluster = ${CLUSTER} AND hostname = \${node:sqlstring})`;

const states: TimelinePanel = {
  kind: "timeline",
  title: "States of the chosen node",
  description: "The first stretch began before what is shown, unless the node's first report lies within it.",
  queries: [
    {
      source: "postgres",
      format: "time_series",
      columns: { time: "time", state: "text" },
      mayBeEmpty: true,
      sql: `WITH before AS (
  SELECT node_state FROM node_state_change WHERE node_id = ${NODE} AND time_stamp < ${FROM} ORDER BY time_stamp DESC LIMIT 1)
SELECT to_timestamp(${FROM}) AS time, node_state AS state FROM before
UNION ALL
SELECT to_timestamp(time_stamp), node_state FROM node_state_change
WHERE node_id = ${NODE} AND time_stamp >= ${FROM} AND time_stamp <= ${TO}
ORDER BY 1`,
    },
  ],
  unit: "short",
  width: 24,
  height: 5,
  empty: "no node",
  colors: nodeStateColors,
};

const allocated: GraphPanel = {
  kind: "graph",
  title: "Hardware threads and jobs of the chosen node",
  description:
    "By the first report of each step of the graph: one is read for a step, however many there are.",
  queries: [
    timeSeries(
      ["hwthreads", "jobs"],
      `${slots(60)}
SELECT to_timestamp(at) AS time, first.cpus_allocated AS hwthreads, first.jobs_running AS jobs
FROM slot LEFT JOIN LATERAL (
  SELECT cpus_allocated, jobs_running FROM node_state
  WHERE node_id = ${NODE} AND time_stamp >= at AND time_stamp < at + step ORDER BY time_stamp LIMIT 1) AS first ON true
ORDER BY at`,
    ),
  ],
  unit: "short",
  width: 24,
  height: 8,
  points: 500,
  interval: "1m",
};

export const oneNode: Row = { title: "One node", panels: [states, allocated] };
