import type { Row } from "../../model/dashboard.js";
import type { StatPanel, TablePanel } from "../../model/panel.js";
import { list, rows } from "../../model/query.js";
import { CLUSTER, NOW } from "../sql.js";

const RUNNING = `FROM job WHERE cluster = ${CLUSTER} AND job_state = 'running'`;

function total(title: string, description: string, value: string): StatPanel {
  return {
    kind: "stat",
    title,
    description,
    queries: [rows({ running: "number" }, `SELECT ${value} AS running ${RUNNING}`)],
    unit: "short",
    calm: "blue",
    width: 6,
    height: 4,
  };
}

function by(title: string, column: string): TablePanel {
  return {
    kind: "table",
    title: `Running jobs by ${title}`,
    description: "The twenty with most nodes. A node that several jobs share counts for each of them.",
    queries: [
      list(
        { [title]: "text", jobs: "number", nodes: "number", hwthreads: "number", gpus: "number" },
        `SELECT ${column} AS "${title}", count(*) AS jobs, sum(num_nodes) AS nodes, sum(num_hwthreads) AS hwthreads, sum(num_acc) AS gpus
${RUNNING}
GROUP BY 1 ORDER BY nodes DESC, jobs DESC, 1 LIMIT 20`,
      ),
    ],
    unit: "short",
    width: 8,
    height: 9,
    empty: "no running jobs",
  };
}

export const running: Row = {
  title: "Running jobs",
  panels: [
    total("Running jobs", "Started and not ended.", "count(*)"),
    total(
      "Their nodes",
      "A node that several jobs share counts for each of them.",
      "coalesce(sum(num_nodes), 0)",
    ),
    total("Their GPUs", "As the jobs' starts tell it.", "coalesce(sum(num_acc), 0)"),
    {
      ...total(
        "Longest running",
        "Since the start of the oldest running job.",
        `coalesce(${NOW} - min(start_time), 0)`,
      ),
      unit: "s",
    },
    by("partition", "cluster_partition"),
    by("user", "hpc_user"),
    by("project", "project"),
  ],
};
