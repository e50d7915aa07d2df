import { type RawBuilder, sql } from "kysely";
import type { Database } from "../connection/connect.js";

/** The clusters that jobs have run on: one step in the index for each, whatever the number of jobs. Without a name: `(cluster)`. */
export const clustersOfJobs: RawBuilder<unknown> = sql`(
  WITH RECURSIVE step AS (
    (SELECT cluster FROM job ORDER BY cluster LIMIT 1)
    UNION ALL
    SELECT (SELECT job.cluster FROM job WHERE job.cluster > step.cluster ORDER BY job.cluster LIMIT 1)
    FROM step WHERE step.cluster IS NOT NULL
  )
  SELECT cluster FROM step WHERE cluster IS NOT NULL)`;

/** The clusters that jobs or nodes have been reported of, by name. */
export async function readClusterNames(db: Database): Promise<string[]> {
  const { rows } = await sql<{ cluster: string }>`
    SELECT cluster FROM ${clustersOfJobs} AS job
    UNION
    SELECT cluster FROM (
      WITH RECURSIVE step AS (
        (SELECT cluster FROM node ORDER BY cluster LIMIT 1)
        UNION ALL
        SELECT (SELECT node.cluster FROM node WHERE node.cluster > step.cluster ORDER BY node.cluster LIMIT 1)
        FROM step WHERE step.cluster IS NOT NULL
      )
      SELECT cluster FROM step WHERE cluster IS NOT NULL) AS node
    ORDER BY cluster`.execute(db);
  return rows.map(({ cluster }) => cluster);
}
