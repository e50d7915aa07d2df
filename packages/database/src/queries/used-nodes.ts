import { sql } from "kysely";
import type { Database } from "../connection/connect.js";
import { clustersOfJobs } from "./cluster-names.js";

/** By cluster, the hosts of the jobs that are running and started before a time (Unix seconds); by name, each once. */
export async function readUsedNodes(
  db: Database,
  before: bigint,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const { rows } = await sql<{ cluster: string; hosts: string[] }>`
    SELECT known.cluster, array_agg(DISTINCT resource ->> 'hostname' ORDER BY resource ->> 'hostname') AS hosts
    FROM ${clustersOfJobs} AS known
    JOIN job ON job.cluster = known.cluster AND job.job_state = 'running' AND job.start_time < ${before}::bigint
    CROSS JOIN jsonb_array_elements(job.resources) AS resource
    GROUP BY known.cluster ORDER BY known.cluster`.execute(db);
  return Object.fromEntries(rows.map(({ cluster, hosts }) => [cluster, hosts]));
}
