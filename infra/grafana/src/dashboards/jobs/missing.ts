import type { Row } from "../../model/dashboard.js";
import type { TablePanel } from "../../model/panel.js";
import { list } from "../../model/query.js";
import { CLUSTER, NOW } from "../sql.js";

const waitingStops: TablePanel = {
  kind: "table",
  title: "Stops that wait for their start",
  description:
    "The oldest first. The starts of old ones were lost before they reached the stream, refused, or never sent.",
  queries: [
    list(
      { job: "number", cluster: "text", stopped: "time", state: "text", waiting: "number" },
      `SELECT job_id AS job, coalesce(cluster, 'not named') AS cluster, to_timestamp(stop_time) AS stopped, job_state AS state,
  ${NOW} - stop_time AS waiting
FROM parked_stop WHERE reason = 'no_run' AND (cluster = ${CLUSTER} OR cluster IS NULL)
ORDER BY stop_time, job_id LIMIT 100`,
    ),
  ],
  unit: "none",
  units: { waiting: "s" },
  width: 12,
  height: 9,
  empty: "none",
  runbooks: ["overdue-stops"],
};

const letters: TablePanel = {
  kind: "table",
  title: "Dead letters by reason",
  description: "Open ones that name this cluster.",
  queries: [
    list(
      { reason: "text", letters: "number", jobs: "number", newest: "time" },
      `SELECT reason, count(*) AS letters, count(DISTINCT job_id) AS jobs, max(received_at) AS newest
FROM dead_letter WHERE status IN ('open', 'replaying') AND cluster = ${CLUSTER}
GROUP BY reason ORDER BY letters DESC, reason`,
    ),
  ],
  unit: "short",
  width: 12,
  height: 9,
  empty: "none",
  runbooks: ["dead-letter-flood"],
};

export const missing: Row = { title: "What is missing", panels: [waitingStops, letters] };
