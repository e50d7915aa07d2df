import type { Row } from "../../model/dashboard.js";
import type { GraphPanel } from "../../model/panel.js";
import { namedSeries, timeSeries } from "../../model/query.js";
import { CLUSTER, FROM, TO, slots } from "../sql.js";
import { literals, nodeStateColors, nodeStates } from "../states.js";

const graph = { kind: "graph", width: 24, height: 9, points: 500, interval: "1m" } as const;
const PER_STATE = `nodes_per_state(${CLUSTER}, ${FROM}, ${TO}, greatest(60, $__interval_ms / 1000)::bigint)`;

const perState: GraphPanel = {
  ...graph,
  title: "Nodes per state",
  description: "By their reports; a state lasts until the report that tells another one.",
  queries: [
    namedSeries(`SELECT to_timestamp(time_stamp) AS time, node_state AS metric, nodes AS value FROM ${PER_STATE}
UNION ALL
SELECT to_timestamp(${TO}), state, 0 FROM unnest(ARRAY[${literals(nodeStates)}]) AS state
WHERE NOT EXISTS (SELECT FROM node WHERE cluster = ${CLUSTER} AND node_state IS NOT NULL)
ORDER BY 1, 2`),
  ],
  unit: "short",
  shape: "stacked",
  colors: nodeStateColors,
};

const busy: GraphPanel = {
  ...graph,
  title: "Busy and available share",
  description:
    "Of all nodes known: busy are those allocated or mixed, available all but those down or unknown. 0 without nodes.",
  queries: [
    timeSeries(
      ["busy", "available"],
      `${slots(60)},
share AS (
  SELECT time_stamp AS at,
    (sum(nodes) FILTER (WHERE node_state IN ('allocated', 'mixed')))::float8 / nullif(sum(nodes), 0)::float8 AS busy,
    (sum(nodes) FILTER (WHERE node_state NOT IN ('down', 'unknown')))::float8 / nullif(sum(nodes), 0)::float8 AS available
  FROM ${PER_STATE} GROUP BY time_stamp)
SELECT to_timestamp(at) AS time, coalesce(busy, 0) AS busy, coalesce(available, 0) AS available FROM share
UNION ALL
SELECT to_timestamp(at), 0, 0 FROM slot WHERE NOT EXISTS (SELECT FROM share)
ORDER BY 1`,
    ),
  ],
  unit: "percentunit",
  max: 1,
};

export const fleet: Row = { title: "All nodes", panels: [perState, busy] };
