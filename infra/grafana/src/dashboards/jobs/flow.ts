import type { Row } from "../../model/dashboard.js";
import type { GraphPanel } from "../../model/panel.js";
import { type SqlQuery, timeSeries } from "../../model/query.js";
import { type JobTime, SAMPLED, inSlot, many, sampleInSlot, slots } from "../sql.js";
import { endStateColors, endStates } from "../states.js";

const graph = { kind: "graph", width: 12, height: 8, points: 300 } as const;

function countOf(name: string, time: JobTime): SqlQuery {
  return timeSeries(
    [name],
    `${slots(60)}
SELECT to_timestamp(at) AS time, jobs AS ${name}
FROM slot, LATERAL (SELECT count(*) AS jobs ${inSlot(time)}) AS counted ORDER BY at`,
  );
}

const throughput: GraphPanel = {
  ...graph,
  title: "Starts and ends",
  description: "Jobs in each step of the graph.",
  // Two queries, which Grafana asks at the same time.
  queries: [countOf("starts", "start_time"), countOf("ends", "stop_time")],
  unit: "short",
};

const [COMPLETED, ...otherStates] = endStates;

const outcomes: GraphPanel = {
  ...graph,
  title: "Outcomes",
  description: "Ends by state, in steps of an hour or more.",
  queries: [
    // Of those that completed, usually most, only the number is read.
    timeSeries(
      endStates,
      `${slots(3600)}
SELECT to_timestamp(at) AS time, jobs - otherwise AS ${COMPLETED}, ${otherStates.join(", ")}
FROM slot, LATERAL (SELECT count(*) AS jobs ${inSlot("stop_time")}) AS ended,
LATERAL (
  SELECT count(*) AS otherwise,
    ${otherStates.map((state) => `count(*) FILTER (WHERE job_state = '${state}') AS ${state}`).join(",\n    ")}
  ${inSlot("stop_time")} AND job_state <> '${COMPLETED}') AS counted
ORDER BY at`,
    ),
  ],
  unit: "short",
  shape: "stacked bars",
  interval: "1h",
  colors: endStateColors,
};

/** Half of the values lie below p50, all but one in twenty below p95. */
function quantiles(value: string, time: JobTime, condition: string): SqlQuery {
  return timeSeries(
    ["p50", "p95"],
    `${slots(600)},
${many(time)}
SELECT to_timestamp(at) AS time, found[1] AS p50, found[2] AS p95
FROM slot, LATERAL (
  SELECT percentile_disc(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY value) AS found FROM (
    ${sampleInSlot(value, time, condition)}) AS part) AS measured
ORDER BY at`,
  );
}

const waiting: GraphPanel = {
  ...graph,
  title: "Waiting",
  description: `From submission to start, of the jobs that started in each step; those that don't tell when they were submitted are left out. ${SAMPLED}`,
  queries: [quantiles("start_time - submit_time", "start_time", "submit_time > 0")],
  unit: "s",
  interval: "10m",
};

const accuracy: GraphPanel = {
  ...graph,
  title: "Used share of the walltime",
  description: `Duration of what they asked for, of the jobs that completed in each step: half of them used less than p50. Low values keep the scheduler from planning well. ${SAMPLED}`,
  queries: [
    quantiles("duration::float8 / walltime", "stop_time", `job_state = '${COMPLETED}' AND walltime > 0`),
  ],
  unit: "percentunit",
  interval: "10m",
  max: 1,
};

export const flow: Row = {
  title: "Starts, ends, waiting",
  panels: [throughput, outcomes, waiting, accuracy],
};
