import type { Row } from "../../model/dashboard.js";
import type { StatPanel, TablePanel } from "../../model/panel.js";
import { list, rows } from "../../model/query.js";
import { CLUSTER, NOW } from "../sql.js";

/** Seconds beyond the walltime for a stop to arrive in. */
const GRACE = 600;

function count(title: string, description: string, sql: string, runbook: string): StatPanel {
  return {
    kind: "stat",
    title,
    description,
    queries: [rows({ count: "number" }, `SELECT count(*) AS count ${sql}`)],
    unit: "short",
    thresholds: [{ from: 1, color: "orange" }],
    width: 6,
    height: 4,
    runbooks: [runbook],
  };
}

const stale = `FROM node WHERE cluster = ${CLUSTER} AND (time_stamp IS NULL OR time_stamp < ${NOW} - \${stale:raw})`;
const overdue = `FROM job WHERE cluster = ${CLUSTER} AND job_state = 'running' AND walltime > 0
  AND start_time + walltime + ${GRACE} < ${NOW}`;

const staleNodes: TablePanel = {
  kind: "table",
  title: "Which nodes are stale",
  description: "Nodes that have not reported for the time chosen above, the longest silent first.",
  queries: [
    list(
      { hostname: "text", "last report": "time", "last state": "text", silent: "number" },
      `SELECT hostname, to_timestamp(time_stamp) AS "last report", node_state AS "last state", ${NOW} - time_stamp AS silent
${stale}
ORDER BY time_stamp NULLS FIRST, hostname LIMIT 100`,
    ),
  ],
  unit: "short",
  units: { silent: "s" },
  width: 12,
  height: 9,
  empty: "none",
  runbooks: ["no-node-reports"],
};

const outOfService: TablePanel = {
  kind: "table",
  title: "Which nodes are down, drained or failing",
  description: "By the states as the scheduler sends them. since: when the node came into its state.",
  queries: [
    list(
      { hostname: "text", state: "text", states: "text", since: "time" },
      `SELECT hostname, node.node_state AS state, array_to_string(states, ' ') AS states, to_timestamp(change.time_stamp) AS since
FROM node LEFT JOIN LATERAL (
  SELECT time_stamp FROM node_state_change WHERE node_id = node.id ORDER BY time_stamp DESC LIMIT 1) AS change ON true
WHERE cluster = ${CLUSTER}
  AND (node.node_state = 'down' OR states && ARRAY['drain', 'drained', 'draining', 'fail', 'failing', 'maint', 'not_responding'])
ORDER BY change.time_stamp DESC, hostname LIMIT 100`,
    ),
  ],
  unit: "short",
  width: 12,
  height: 9,
  empty: "none",
};

const overdueJobs: TablePanel = {
  kind: "table",
  title: "Which jobs are overdue",
  description:
    "Still running ten minutes after their walltime: perhaps their stops were missed. main.stop-jobs-exceeding-walltime closes such jobs.",
  queries: [
    list(
      { job: "number", user: "text", partition: "text", nodes: "number", started: "time", overdue: "number" },
      `SELECT job_id AS job, hpc_user AS "user", cluster_partition AS partition, num_nodes AS nodes,
  to_timestamp(start_time) AS started, ${NOW} - start_time - walltime AS overdue
${overdue}
ORDER BY start_time LIMIT 100`,
    ),
  ],
  unit: "none",
  units: { overdue: "s" },
  width: 24,
  height: 9,
  empty: "none",
  runbooks: ["overdue-stops"],
};

export const attention: Row = {
  title: "What needs somebody",
  panels: [
    count("Stale nodes", "Nodes that have not reported for the time chosen above.", stale, "no-node-reports"),
    count("Overdue jobs", "Still running ten minutes after their walltime.", overdue, "overdue-stops"),
    count(
      "Waiting stops",
      "Stops whose jobs have not started, of this cluster or of none that is named.",
      `FROM parked_stop WHERE reason = 'no_run' AND (cluster = ${CLUSTER} OR cluster IS NULL)`,
      "overdue-stops",
    ),
    count(
      "Dead letters",
      "Open ones that name this cluster.",
      `FROM dead_letter WHERE status IN ('open', 'replaying') AND cluster = ${CLUSTER}`,
      "dead-letter-flood",
    ),
    staleNodes,
    outOfService,
    overdueJobs,
  ],
};
