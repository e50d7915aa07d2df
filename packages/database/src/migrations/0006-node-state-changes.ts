import { type Kysely, sql } from "kysely";

/**
 * When each node came into which state, and how many nodes of a cluster are in each, kept by the node store beside the history; and
 * the questions that operators ask of them, as functions. They go by reports alone, never by the clock: a state lasts until the
 * report that tells another, and the last one until the node's newest report.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE node_state_change (
      node_id integer NOT NULL,
      time_stamp bigint NOT NULL,
      node_state text NOT NULL,
      previous_state text,
      PRIMARY KEY (node_id, time_stamp)
    )`.execute(db);
  // Nodes per state over a few days, and what retention trims.
  await sql`CREATE INDEX node_state_change_time ON node_state_change (time_stamp)`.execute(db);
  // Down time and flapping: nodes are seldom down.
  await sql`
    CREATE INDEX node_state_change_down ON node_state_change (time_stamp) INCLUDE (node_id)
      WHERE node_state = 'down'`.execute(db);
  // Few rows that change often, each inside its page.
  await sql`
    CREATE TABLE nodes_per_state_delta (
      cluster text NOT NULL,
      slot bigint NOT NULL,
      node_state text NOT NULL,
      delta integer NOT NULL,
      PRIMARY KEY (cluster, slot, node_state)
    ) WITH (fillfactor = 50)`.execute(db);
  await fill(db);
  await createDownTime(db);
  await createNodesPerState(db);
  // What is allocated of what the cluster definitions say a node has. Percentages are null where they don't say.
  await sql`
    CREATE VIEW node_allocation AS
    SELECT id AS node_id, cluster, hostname, subcluster, node_state, time_stamp, jobs_running,
      cpus_allocated, cpus_total, 100.0 * cpus_allocated / nullif(cpus_total, 0) AS cpus_percent,
      memory_allocated, memory_total, 100.0 * memory_allocated / nullif(memory_total, 0) AS memory_percent,
      gpus_allocated, gpus_total, 100.0 * gpus_allocated / nullif(gpus_total, 0) AS gpus_percent
    FROM node`.execute(db);
}

/** From the history there is already. */
async function fill(db: Kysely<unknown>): Promise<void> {
  await sql`
    INSERT INTO node_state_change (node_id, time_stamp, node_state, previous_state)
    SELECT node_id, time_stamp, node_state, previous_state
    FROM (SELECT *, lag(node_state) OVER (PARTITION BY node_id ORDER BY time_stamp) AS previous_state FROM node_state) AS report
    WHERE node_state IS DISTINCT FROM previous_state`.execute(db);
  await sql`
    INSERT INTO nodes_per_state_delta (cluster, slot, node_state, delta)
    SELECT cluster, change.time_stamp / 300 * 300, part.state, sum(part.delta)
    FROM node_state_change AS change JOIN node ON node.id = change.node_id,
      LATERAL (VALUES (change.node_state, 1), (change.previous_state, -1)) AS part (state, delta)
    WHERE part.state IS NOT NULL GROUP BY 1, 2, 3 HAVING sum(part.delta) <> 0`.execute(db);
}

async function createDownTime(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE FUNCTION node_down_time(of_cluster text, from_time bigint, to_time bigint)
    RETURNS TABLE (hostname text, down_seconds bigint, times_down bigint)
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
      WITH spell AS (
        SELECT change.node_id, change.time_stamp FROM node_state_change AS change
        WHERE change.node_state = 'down' AND change.time_stamp >= from_time AND change.time_stamp < to_time
        UNION ALL
        SELECT node.id, last.time_stamp FROM node, LATERAL (
          SELECT change.time_stamp, change.node_state FROM node_state_change AS change
          WHERE change.node_id = node.id AND change.time_stamp < from_time
          ORDER BY change.time_stamp DESC LIMIT 1) AS last
        WHERE node.cluster = of_cluster AND last.node_state = 'down'
      )
      SELECT node.hostname,
        sum(greatest(0, least(to_time, coalesce(after.time_stamp, node.time_stamp)) - greatest(from_time, spell.time_stamp)))::bigint,
        count(*) FILTER (WHERE spell.time_stamp >= from_time)
      FROM spell JOIN node ON node.id = spell.node_id
      LEFT JOIN LATERAL (
        SELECT change.time_stamp FROM node_state_change AS change
        WHERE change.node_id = spell.node_id AND change.time_stamp > spell.time_stamp
        ORDER BY change.time_stamp LIMIT 1) AS after ON true
      WHERE node.cluster = of_cluster
      GROUP BY node.hostname
    $$`.execute(db);
  await sql`
    COMMENT ON FUNCTION node_down_time IS
      'Seconds each node was down in [from_time, to_time), and how often it went down: flapping. Nodes never down are left out. Times: Unix seconds.'`.execute(
    db,
  );
}

/**
 * Counted back from what is now, so that the cost is that of the time asked for, whatever was before it. Steps of five minutes and more
 * go by whole slots; shorter ones look at the changes themselves.
 */
async function createNodesPerState(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE FUNCTION nodes_per_state(of_cluster text, from_time bigint, to_time bigint, step bigint)
    RETURNS TABLE (time_stamp bigint, node_state text, nodes bigint)
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
    #variable_conflict use_column
    DECLARE
      slot_width CONSTANT bigint := 300;
      width bigint := CASE WHEN step < slot_width THEN greatest(step, 1) ELSE (step + slot_width - 1) / slot_width * slot_width END;
      first bigint := CASE WHEN step < slot_width THEN from_time ELSE from_time / slot_width * slot_width END;
      points bigint := greatest(0, (to_time - first) / width);
      slots_from bigint := CASE WHEN step < slot_width THEN (to_time / slot_width + 1) * slot_width ELSE first END;
    BEGIN
      RETURN QUERY
      WITH part AS (
        SELECT slot AS at, node_state, delta FROM nodes_per_state_delta
        WHERE cluster = of_cluster AND slot >= slots_from
        UNION ALL
        SELECT change.time_stamp, half.node_state, half.delta
        FROM node_state_change AS change JOIN node ON node.id = change.node_id,
          LATERAL (VALUES (change.node_state, 1), (change.previous_state, -1)) AS half (node_state, delta)
        WHERE node.cluster = of_cluster AND change.time_stamp >= first AND change.time_stamp < slots_from
      ),
      later AS (
        SELECT least(points, (at - first) / width) AS point, node_state, sum(delta) AS delta
        FROM part WHERE node_state IS NOT NULL GROUP BY 1, 2
      ),
      newest AS (
        SELECT node_state, count(*) AS nodes FROM node
        WHERE cluster = of_cluster AND node_state IS NOT NULL GROUP BY 1
      ),
      states AS (SELECT node_state FROM newest UNION SELECT node_state FROM later)
      SELECT first + point * width, node_state,
        coalesce(newest.nodes, 0) - coalesce(sum(later.delta) OVER (PARTITION BY node_state ORDER BY point DESC), 0)::bigint
      FROM states CROSS JOIN generate_series(0, points) AS point
      LEFT JOIN newest USING (node_state) LEFT JOIN later USING (node_state, point)
      ORDER BY 1, 2;
    END $$`.execute(db);
  await sql`
    COMMENT ON FUNCTION nodes_per_state IS
      'How many nodes of a cluster were in each state by their last reports before each of the times from from_time to to_time, step apart. From 300 on step and from_time are rounded to multiples of 300. Unix seconds.'`.execute(
    db,
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP VIEW node_allocation`.execute(db);
  await sql`DROP FUNCTION nodes_per_state(text, bigint, bigint, bigint)`.execute(db);
  await sql`DROP FUNCTION node_down_time(text, bigint, bigint)`.execute(db);
  await sql`DROP TABLE nodes_per_state_delta, node_state_change`.execute(db);
}
