import { addUpUsage } from "@cc-ingest/database";
import pg from "pg";
import { BEGIN, CLUSTER, END, NODES } from "./node-history.ts";
import { note } from "./report.ts";
import type { LoadStack } from "./stack.ts";

export const JOBS = 1_000_000;
const STEP = 100_000;

/** A million jobs within the time of the node history, of five hundred users; a hundredth runs for days, and the newest of them still run. */
export async function fillJobHistory({ databaseUrl, db }: LoadStack): Promise<void> {
  // Without the time limits of the product.
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query("SET synchronous_commit = off");
    await client.query("SELECT setseed(0.42)");
    for (let done = 0; done < JOBS; done += STEP) {
      await client.query(jobs(done + 1, done + STEP));
      note(`job history: ${done + STEP} of ${JOBS}`);
    }
    await client.query(`INSERT INTO parked_stop (job_id, cluster, stop_time, job_state, reason)
      SELECT 2000000 + i, '${CLUSTER}', ${END} - i * 60, 'completed', 'no_run' FROM generate_series(1, 1000) AS i`);
    await addUpUsage(db);
    // As while the newest jobs come in: a day is added up a day after its end.
    await client.query(`DELETE FROM job_usage WHERE day >= ${END} / 86400 - 1`);
    await client.query("VACUUM ANALYZE job, job_usage, job_usage_change, parked_stop");
    await client.query("CHECKPOINT");
  } finally {
    await client.end();
  }
}

/** Rows of jobs that started in the order of their numbers. */
function jobs(from: number, to: number): string {
  return `
    WITH drawn AS (
      SELECT i, ${BEGIN} + (i::float8 / ${JOBS} * ${END - BEGIN})::bigint AS start_time,
        (60 - ln(1 - random()) * CASE WHEN random() < 0.03 THEN 100000 ELSE 5000 END)::bigint AS runtime,
        1 + floor(-ln(1 - random()) * 1.5)::int AS nodes, random() AS fate
      FROM generate_series(${from}, ${to}) AS i),
    made AS (
      SELECT *, CASE WHEN start_time + runtime < ${END} THEN start_time + runtime END AS stop_time FROM drawn)
    INSERT INTO job (job_id, cluster, subcluster, submit_time, start_time, hpc_user, project, cluster_partition, duration, walltime,
      job_state, resources, num_nodes, num_hwthreads, meta_data, event_time, start_digest, stop_time, stop_source,
      stop_names_cluster, stop_names_start)
    SELECT i, '${CLUSTER}', 'main', start_time - (600 * -ln(1 - random()))::bigint, start_time, 'user' || i % 503, 'project' || i % 101,
      'partition' || i % 5, coalesce(stop_time - start_time, 0), CASE WHEN runtime > 86400 THEN 604800 ELSE 86400 END,
      CASE WHEN stop_time IS NULL THEN 'running' WHEN fate < 0.85 THEN 'completed' WHEN fate < 0.92 THEN 'failed'
        WHEN fate < 0.96 THEN 'cancelled' WHEN fate < 0.99 THEN 'timeout' ELSE 'node_fail' END,
      (SELECT jsonb_agg(jsonb_build_object('hostname', 'f' || lpad((1 + (i * 7 + n) % ${NODES})::text, 4, '0')))
        FROM generate_series(1, nodes) AS n),
      nodes, nodes * 72, jsonb_build_object('jobName', 'job ' || i), start_time * 1000000000, i,
      stop_time, CASE WHEN stop_time IS NOT NULL THEN 'event' END, CASE WHEN stop_time IS NOT NULL THEN true END,
      CASE WHEN stop_time IS NOT NULL THEN true END
    FROM made`;
}
