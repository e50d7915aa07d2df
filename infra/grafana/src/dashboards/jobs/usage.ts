import type { Row } from "../../model/dashboard.js";
import type { StatPanel, TablePanel } from "../../model/panel.js";
import { list, rows } from "../../model/query.js";
import { CLUSTER, FROM, TO, shown } from "../sql.js";
import { failures, literals } from "../states.js";

/** Of the jobs that ran within what is shown, as far as they ran within it. */
const nodeHours = (part: "all" | "user" | "project"): string =>
  `node_hours(${CLUSTER}, ${FROM}, ${TO}, '${part}')`;

function top(part: "user" | "project"): TablePanel {
  return {
    kind: "table",
    title: `Node-hours by ${part}`,
    description:
      "The twenty with most, within what is shown. A node that several jobs share counts for each of them.",
    queries: [
      list(
        { [part]: "text", "node-hours": "number", jobs: "number" },
        `SELECT name AS "${part}", node_hours AS "node-hours", jobs
FROM ${nodeHours(part)}
ORDER BY 2 DESC, 1 LIMIT 20`,
      ),
    ],
    unit: "short",
    width: 8,
    height: 10,
    empty: "no jobs",
  };
}

const FAILURES = 20_000;
const failed = ` AND job_state IN (${literals(failures)})`;

const failedOnNodes: TablePanel = {
  kind: "table",
  title: "Failures by node",
  description: `The twenty nodes with most jobs that ended as ${failures.join(", ")}, within what is shown, of its newest ${FAILURES.toLocaleString("en")}. A job counts for each of its nodes.`,
  queries: [
    list(
      { hostname: "text", failures: "number", users: "number", newest: "time" },
      `WITH newest AS (SELECT stop_time ${shown("stop_time")}${failed} ORDER BY stop_time DESC LIMIT ${FAILURES})
SELECT resource ->> 'hostname' AS hostname, count(*) AS failures, count(DISTINCT hpc_user) AS users,
  to_timestamp(max(stop_time)) AS newest
FROM (SELECT * ${shown("stop_time")}${failed} AND stop_time >= (SELECT min(stop_time) FROM newest)) AS failed,
  jsonb_array_elements(resources) AS resource
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20`,
    ),
  ],
  unit: "short",
  width: 8,
  height: 10,
  empty: "none",
};

function total(title: string, description: string, sql: string, more: Partial<StatPanel> = {}): StatPanel {
  return {
    kind: "stat",
    title,
    description,
    queries: [rows({ value: "number" }, sql)],
    unit: "short",
    calm: "blue",
    width: 6,
    height: 4,
    ...more,
  };
}

/** How many have ended. With a condition that rules out those that completed, little is read. */
const ended = (condition = ""): string => `(SELECT count(*) ${shown("stop_time")}${condition})`;

export const usage: Row = {
  title: "Usage",
  panels: [
    total(
      "Node-hours",
      "Of all jobs, within what is shown.",
      `SELECT coalesce(sum(node_hours), 0) AS value FROM ${nodeHours("all")}`,
    ),
    total("Jobs ended", "Within what is shown.", `SELECT ${ended()} AS value`),
    total(
      "Failed share",
      `Of the jobs that ended, those that ended as ${failures.join(", ")}; 0 where none has ended.`,
      `SELECT coalesce(100.0 * ${ended(failed)} / nullif(${ended()}, 0), 0)::float8 AS value`,
      { unit: "percent", decimals: 1, calm: "green", thresholds: [{ from: 20, color: "orange" }] },
    ),
    total(
      "Ended without a stop",
      "Jobs that a later run of the same number, or the walltime, closed: their stops were never seen.",
      `SELECT ${ended(" AND job_state <> 'completed' AND stop_source <> 'event'")} AS value`,
      { calm: "green", thresholds: [{ from: 1, color: "yellow" }], runbooks: ["overdue-stops"] },
    ),
    top("user"),
    top("project"),
    failedOnNodes,
  ],
};
