import type { Row } from "../../model/dashboard.js";
import type { StatPanel, TablePanel } from "../../model/panel.js";
import { list, rows } from "../../model/query.js";
import { CLUSTER, FROM, NOW, READS_JOBS, TO } from "../sql.js";
import { failures, literals } from "../states.js";

/** Jobs that ran at some time of what is shown: those that ended since its beginning, and those that still run. */
const RAN = `(
  SELECT hpc_user, project, num_nodes, start_time, stop_time FROM job
  WHERE cluster = ${CLUSTER} AND stop_time >= ${FROM} AND start_time < ${TO}
  UNION ALL
  SELECT hpc_user, project, num_nodes, start_time, NULL FROM job
  WHERE cluster = ${CLUSTER} AND job_state = 'running' AND start_time < ${TO}
) AS ran`;

/** Their node-hours within what is shown. */
const NODE_HOURS = `coalesce(sum(num_nodes * (least(${TO}, coalesce(stop_time, ${NOW})) - greatest(${FROM}, start_time)))
  FILTER (WHERE least(${TO}, coalesce(stop_time, ${NOW})) > start_time), 0)::float8 / 3600`;

function top(title: string, column: string): TablePanel {
  return {
    kind: "table",
    title: `Node-hours by ${title}`,
    description: `The twenty with most, within what is shown. A node that several jobs share counts for each of them. ${READS_JOBS}`,
    queries: [
      list(
        { [title]: "text", "node-hours": "number", jobs: "number" },
        `SELECT ${column} AS "${title}", ${NODE_HOURS} AS "node-hours", count(*) AS jobs
FROM ${RAN}
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20`,
      ),
    ],
    unit: "short",
    width: 8,
    height: 10,
    empty: "no jobs",
  };
}

const failedOnNodes: TablePanel = {
  kind: "table",
  title: "Failures by node",
  description: `The twenty nodes with most jobs that ended as ${failures.join(", ")}, within what is shown. A job counts for each of its nodes. ${READS_JOBS}`,
  queries: [
    list(
      { hostname: "text", failures: "number", users: "number", newest: "time" },
      `SELECT resource ->> 'hostname' AS hostname, count(*) AS failures, count(DISTINCT hpc_user) AS users,
  to_timestamp(max(stop_time)) AS newest
FROM job, jsonb_array_elements(resources) AS resource
WHERE cluster = ${CLUSTER} AND stop_time >= ${FROM} AND stop_time <= ${TO} AND job_state IN (${literals(failures)})
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
const ended = (condition = ""): string =>
  `(SELECT count(*) FROM job WHERE cluster = ${CLUSTER} AND stop_time >= ${FROM} AND stop_time <= ${TO}${condition})`;

export const usage: Row = {
  title: "Usage",
  panels: [
    total(
      "Node-hours",
      `Of all jobs, within what is shown. ${READS_JOBS}`,
      `SELECT ${NODE_HOURS} AS value FROM ${RAN}`,
    ),
    total("Jobs ended", "Within what is shown.", `SELECT ${ended()} AS value`),
    total(
      "Failed share",
      `Of the jobs that ended, those that ended as ${failures.join(", ")}; 0 where none has ended.`,
      `SELECT coalesce(100.0 * ${ended(` AND job_state IN (${literals(failures)})`)} / nullif(${ended()}, 0), 0)::float8 AS value`,
      { unit: "percent", decimals: 1, calm: "green", thresholds: [{ from: 20, color: "orange" }] },
    ),
    total(
      "Ended without a stop",
      "Jobs that a later run of the same number, or the walltime, closed: their stops were never seen.",
      `SELECT ${ended(" AND job_state <> 'completed' AND stop_source <> 'event'")} AS value`,
      { calm: "green", thresholds: [{ from: 1, color: "yellow" }], runbooks: ["overdue-stops"] },
    ),
    top("user", "hpc_user"),
    top("project", "project"),
    failedOnNodes,
  ],
};
