import { sql } from "kysely";
import pg from "pg";
import { note } from "./report.ts";
import type { LoadStack } from "./stack.ts";

export const NODES = 1_000;
export const DAYS = 30;
export const BEGIN = 1_759_276_800;
export const END = BEGIN + DAYS * 86_400;
export const CLUSTER = "fritz";

/**
 * Thirty days of a thousand nodes that report every minute: 43.2 M rows. Their states come and go as those of nodes in use do: an hour or
 * two of jobs, half an hour idle, down now and then. What is derived from the history is made as the migration makes it of one
 * that is there already.
 */
export async function fillNodeHistory({ databaseUrl, db }: LoadStack): Promise<void> {
  // Without the time limits of the product.
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query("SET synchronous_commit = off");
    await client.query(`INSERT INTO node (hostname, cluster)
      SELECT 'f' || lpad(i::text, 4, '0'), '${CLUSTER}' FROM generate_series(1, ${NODES}) AS i`);
    await client.query(`CREATE TEMP TABLE spell AS
      WITH RECURSIVE spell AS (
        SELECT id AS node_id, ${BEGIN}::bigint AS since, 'idle' AS state, setseed(0.42) IS NULL FROM node
        UNION ALL
        SELECT node_id,
          since + 60 * (1 + floor(-ln(1 - random()) * CASE state WHEN 'down' THEN 120 WHEN 'idle' THEN 25 ELSE 95 END))::bigint,
          CASE WHEN state <> 'idle' THEN 'idle' WHEN random() < 0.01 THEN 'down' WHEN random() < 0.3 THEN 'mixed' ELSE 'allocated' END,
          false
        FROM spell WHERE since < ${END}
      )
      SELECT node_id, since, state, lead(since, 1, ${END}::bigint) OVER (PARTITION BY node_id ORDER BY since) AS until
      FROM spell WHERE since < ${END}`);
    for (let day = BEGIN; day < END; day += 86_400) {
      const date = new Date(day * 1000).toISOString().slice(0, 10);
      await sql`SELECT ensure_node_state_partition(${date}::date)`.execute(db);
      await client.query(`INSERT INTO node_state (node_id, time_stamp, time_ns, node_state, states, jobs_running,
          cpus_allocated, memory_allocated, gpus_allocated)
        SELECT node_id, report, 0, state, ARRAY[state], 1, CASE state WHEN 'idle' THEN 0 ELSE 144 END, 0, 0
        FROM spell, generate_series(greatest(since, ${day}), least(until, ${day + 86_400}) - 1, 60) AS report
        WHERE since < ${day + 86_400} AND until > ${day} ORDER BY report, node_id`);
      note(`node history: ${date}`);
    }
    await client.query(`UPDATE node SET time_stamp = report.time_stamp, node_state = report.node_state, states = report.states
      FROM node_state AS report WHERE report.node_id = node.id AND report.time_stamp = ${END - 60}`);
    await client.query(`INSERT INTO node_state_change (node_id, time_stamp, node_state, previous_state)
      SELECT node_id, since, state, lag(state) OVER (PARTITION BY node_id ORDER BY since) FROM spell ORDER BY since, node_id`);
    await client.query(`INSERT INTO nodes_per_state_delta (cluster, slot, node_state, delta)
      SELECT '${CLUSTER}', change.time_stamp / 300 * 300, part.state, sum(part.delta)
      FROM node_state_change AS change, LATERAL (VALUES (node_state, 1), (previous_state, -1)) AS part (state, delta)
      WHERE part.state IS NOT NULL GROUP BY 2, 3`);
    await client.query("VACUUM ANALYZE");
    await client.query("CHECKPOINT");
  } finally {
    await client.end();
  }
}
