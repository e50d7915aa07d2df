import pg from "pg";

/**
 * What each table says about what, so that two databases compare: without ids, which count attempts, and without what keeps account
 * of the work itself (`lone_attempt`, `dead_letter_action`).
 */
const tables: Readonly<Record<string, { readonly key: string; readonly query: string }>> = {
  job: {
    key: "(job_id, cluster, start_time)",
    query: `SELECT job_id, cluster, start_time, to_jsonb(job) - 'id' || jsonb_build_object('tags', (
      SELECT jsonb_agg(jsonb_build_array(tag_type, tag_name, tag_scope) ORDER BY tag_type, tag_name, tag_scope)
      FROM jobtag JOIN tag ON tag.id = tag_id WHERE jobtag.job_id = job.id)) AS content FROM job`,
  },
  parked_stop: {
    key: "(job_id, cluster, start_time, stop_time, job_state)",
    query: `SELECT *, to_jsonb(parked_stop) - 'id' AS content FROM parked_stop`,
  },
  dead_letter: {
    key: "(stream, stream_sequence, line_number)",
    query: `SELECT stream, stream_sequence, line_number, to_jsonb(dead_letter) - 'id' AS content FROM dead_letter`,
  },
  node: {
    key: "(cluster, hostname)",
    query: `SELECT cluster, hostname, to_jsonb(node) - 'id' AS content FROM node`,
  },
  node_state: {
    key: "(cluster, hostname, state.time_stamp)",
    query: `SELECT cluster, hostname, state.time_stamp, to_jsonb(state) - 'node_id' AS content
      FROM node_state AS state JOIN node ON node.id = state.node_id`,
  },
  node_state_change: {
    key: "(cluster, hostname, time_stamp)",
    query: `SELECT cluster, hostname, change.time_stamp, to_jsonb(change) - 'node_id' AS content
      FROM node_state_change AS change JOIN node ON node.id = change.node_id`,
  },
  nodes_per_state_delta: {
    key: "(cluster, slot, node_state)",
    query: `SELECT cluster, slot, node_state, to_jsonb(delta) AS content FROM nodes_per_state_delta AS delta WHERE delta <> 0`,
  },
};

/** Every row of a database: what it is about, and all it says. Two rows about the same have a number each. */
export async function readTables(url: string): Promise<ReadonlyMap<string, string>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const rows = new Map<string, string>();
    for (const [table, { key, query }] of Object.entries(tables)) {
      const { rows: found } = await client.query<{ key: string; content: string }>(
        `SELECT '${table} ' || row_number() OVER (PARTITION BY key ORDER BY content) || ' ' || key AS key, content
         FROM (SELECT ROW${key}::text AS key, content::text AS content FROM (${query}) AS state) AS row`,
      );
      for (const row of found) rows.set(row.key, row.content);
    }
    return rows;
  } finally {
    await client.end();
  }
}
