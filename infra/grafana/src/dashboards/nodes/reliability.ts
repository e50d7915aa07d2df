import type { Row } from "../../model/dashboard.js";
import type { GraphPanel, StatPanel, TablePanel } from "../../model/panel.js";
import { list, rows, timeSeries } from "../../model/query.js";
import { CLUSTER, FROM, TO, slots } from "../sql.js";

const DOWN_TIME = `node_down_time(${CLUSTER}, ${FROM}, ${TO})`;
const DOWN_TIME_COLUMNS = { hostname: "text", down: "number", "times down": "number" } as const;

function total(title: string, description: string, value: string, more: Partial<StatPanel> = {}): StatPanel {
  return {
    kind: "stat",
    title,
    description,
    queries: [rows({ value: "number" }, `SELECT ${value} AS value FROM ${DOWN_TIME}`)],
    unit: "short",
    calm: "blue",
    width: 8,
    height: 4,
    ...more,
  };
}

function worst(title: string, description: string, sql: string): TablePanel {
  return {
    kind: "table",
    title,
    description,
    queries: [
      list(
        DOWN_TIME_COLUMNS,
        `SELECT hostname, down_seconds AS down, times_down AS "times down" FROM ${DOWN_TIME}
${sql} LIMIT 50`,
      ),
    ],
    unit: "short",
    units: { down: "s" },
    width: 12,
    height: 10,
    empty: "none",
  };
}

const goingDown: GraphPanel = {
  kind: "graph",
  title: "Nodes going down",
  description:
    "How often a node came down, in each step of the graph: many at once point at what they share.",
  queries: [
    timeSeries(
      ["went down"],
      `${slots(300)},
down AS (
  SELECT change.time_stamp / step * step AS at, count(*) AS times
  FROM node_state_change AS change JOIN node ON node.id = change.node_id AND node.cluster = ${CLUSTER}, span
  WHERE change.node_state = 'down' AND change.time_stamp >= ${FROM} / step * step AND change.time_stamp <= ${TO} GROUP BY 1)
SELECT to_timestamp(at) AS time, coalesce(times, 0) AS "went down" FROM slot LEFT JOIN down USING (at) ORDER BY at`,
    ),
  ],
  unit: "short",
  shape: "stacked bars",
  width: 24,
  height: 7,
  points: 300,
  interval: "5m",
  colors: { "went down": "red" },
};

export const reliability: Row = {
  title: "Down and flapping",
  panels: [
    total(
      "Time down",
      "Of all nodes together, within what is shown.",
      "coalesce(sum(down_seconds), 0)::bigint",
      {
        unit: "s",
      },
    ),
    total("Nodes that were down", "Within what is shown.", "count(*) FILTER (WHERE down_seconds > 0)"),
    total(
      "Flapping nodes",
      "Nodes that went down three times or more, within what is shown.",
      "count(*) FILTER (WHERE times_down >= 3)",
      {
        calm: "green",
        thresholds: [{ from: 1, color: "orange" }],
      },
    ),
    goingDown,
    worst(
      "Longest down",
      "The fifty nodes that were down for longest, within what is shown.",
      "WHERE down_seconds > 0 ORDER BY down_seconds DESC, hostname",
    ),
    worst(
      "Flapping",
      "Nodes that went down three times or more, within what is shown.",
      "WHERE times_down >= 3 ORDER BY times_down DESC, hostname",
    ),
  ],
};
