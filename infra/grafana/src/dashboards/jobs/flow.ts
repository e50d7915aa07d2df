import type { Row } from "../../model/dashboard.js";
import type { GraphPanel } from "../../model/panel.js";
import { timeSeries } from "../../model/query.js";
import { CLUSTER, FROM, TO, slots } from "../sql.js";
import { endStateColors, endStates } from "../states.js";

const graph = { kind: "graph", width: 12, height: 8, points: 300 } as const;
const STARTED = `FROM job, span WHERE cluster = ${CLUSTER} AND start_time >= ${FROM} / step * step AND start_time <= ${TO}`;
const ENDED = `FROM job, span WHERE cluster = ${CLUSTER} AND stop_time >= ${FROM} / step * step AND stop_time <= ${TO}`;

const throughput: GraphPanel = {
  ...graph,
  title: "Starts and ends",
  description: "Jobs in each step of the graph.",
  queries: [
    timeSeries(
      ["starts", "ends"],
      `${slots(60)},
started AS (SELECT start_time / step * step AS at, count(*) AS jobs ${STARTED} GROUP BY 1),
ended AS (SELECT stop_time / step * step AS at, count(*) AS jobs ${ENDED} GROUP BY 1)
SELECT to_timestamp(at) AS time, coalesce(started.jobs, 0) AS starts, coalesce(ended.jobs, 0) AS ends
FROM slot LEFT JOIN started USING (at) LEFT JOIN ended USING (at) ORDER BY at`,
    ),
  ],
  unit: "short",
};

const outcomes: GraphPanel = {
  ...graph,
  title: "Outcomes",
  description: "Ends by state, in steps of an hour or more.",
  queries: [
    timeSeries(
      endStates,
      `${slots(3600)},
ended AS (SELECT stop_time / step * step AS at, job_state, count(*) AS jobs ${ENDED} GROUP BY 1, 2)
SELECT to_timestamp(at) AS time,
  ${endStates.map((state) => `coalesce(sum(jobs) FILTER (WHERE job_state = '${state}'), 0)::bigint AS ${state}`).join(",\n  ")}
FROM slot LEFT JOIN ended USING (at) GROUP BY at ORDER BY at`,
    ),
  ],
  unit: "short",
  shape: "stacked bars",
  interval: "1h",
  colors: endStateColors,
};

const waiting: GraphPanel = {
  ...graph,
  title: "Waiting",
  description:
    "From submission to start, of the jobs that started in each step; those that don't tell when they were submitted are left out.",
  queries: [
    timeSeries(
      ["p50", "p95"],
      `${slots(600)},
waited AS (
  SELECT start_time / step * step AS at, percentile_disc(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY start_time - submit_time) AS seconds
  ${STARTED} AND submit_time > 0 GROUP BY 1)
SELECT to_timestamp(at) AS time, seconds[1] AS p50, seconds[2] AS p95
FROM slot LEFT JOIN waited USING (at) ORDER BY at`,
    ),
  ],
  unit: "s",
  interval: "10m",
};

const accuracy: GraphPanel = {
  ...graph,
  title: "Used share of the walltime",
  description:
    "Duration of what they asked for, of the jobs that completed in each step: half of them used less than p50. Low values keep the scheduler from planning well.",
  queries: [
    timeSeries(
      ["p50", "p95"],
      `${slots(600)},
used AS (
  SELECT stop_time / step * step AS at, percentile_disc(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY duration::float8 / walltime) AS share
  ${ENDED} AND job_state = 'completed' AND walltime > 0 GROUP BY 1)
SELECT to_timestamp(at) AS time, share[1] AS p50, share[2] AS p95
FROM slot LEFT JOIN used USING (at) ORDER BY at`,
    ),
  ],
  unit: "percentunit",
  interval: "10m",
  max: 1,
};

export const flow: Row = {
  title: "Starts, ends, waiting",
  panels: [throughput, outcomes, waiting, accuracy],
};
