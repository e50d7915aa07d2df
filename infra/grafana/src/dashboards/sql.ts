import type { QueryVariable } from "../model/dashboard.js";

/** The chosen cluster, as a literal. */
export const CLUSTER = "${cluster:sqlstring}";
/** What is shown, in Unix seconds, as everything in the tables. */
export const FROM = "$__unixEpochFrom()::bigint";
export const TO = "$__unixEpochTo()::bigint";
export const NOW = "extract(epoch FROM now())::bigint";

/** Clusters that have nodes or jobs; of the jobs one index entry is read for each cluster. */
export const clusterVariable: QueryVariable = {
  kind: "query",
  name: "cluster",
  label: "Cluster",
  source: "postgres",
  query: `WITH RECURSIVE of_jobs AS (
  SELECT min(cluster) AS cluster FROM job
  UNION ALL
  SELECT (SELECT min(cluster) FROM job WHERE cluster > of_jobs.cluster) FROM of_jobs WHERE cluster IS NOT NULL
)
SELECT cluster FROM of_jobs WHERE cluster IS NOT NULL
UNION SELECT DISTINCT cluster FROM node
ORDER BY 1`,
  several: false,
};

/**
 * `WITH` clauses for a graph with a value in every step, also where nothing happened: `slot.at` are the beginnings, `step` is the
 * width. A query adds its own and joins them to `slot`.
 */
export function slots(narrowest: number): string {
  return `WITH span AS (SELECT greatest(${narrowest}, $__interval_ms / 1000)::bigint AS step),
slot AS (SELECT generate_series(${FROM} / step * step, ${TO}, step) AS at, step FROM span)`;
}

export type JobTime = "start_time" | "stop_time";

/** Which jobs of the cluster belong to a slot, by one of their times. Joined `LATERAL`: over weeks the planner would else read the whole table. */
export function inSlot(time: JobTime): string {
  return `FROM job WHERE cluster = ${CLUSTER} AND ${time} >= at AND ${time} < least(at + step, ${TO} + 1)`;
}

/** Which jobs of the cluster are shown, by one of their times. */
export function shown(time: JobTime): string {
  return `FROM job WHERE cluster = ${CLUSTER} AND ${time} >= ${FROM} AND ${time} <= ${TO}`;
}

/** From so many jobs on every eighth is enough, which an index has. */
const MANY = 150_000;
export const SAMPLED = `Where more than ${MANY.toLocaleString("en")} jobs are shown, of every eighth.`;

/** A `WITH` clause: whether there are so many jobs. */
export function many(time: JobTime): string {
  return `many AS (
  SELECT count(*) > ${MANY} AS sampled FROM (SELECT ${shown(time)} LIMIT ${MANY + 1}) AS counted)`;
}

/** `value` of the jobs in a slot that fulfil `condition`, or of every eighth of them. */
export function sampleInSlot(value: string, time: JobTime, condition: string): string {
  const jobs = `SELECT ${value} AS value ${inSlot(time)} AND ${condition}`;
  return `${jobs} AND NOT (SELECT sampled FROM many)
    UNION ALL
    ${jobs} AND (id & 7) = 0 AND (SELECT sampled FROM many)`;
}
