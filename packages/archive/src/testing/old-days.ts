import { type Database, connectDatabase, migrateUrl } from "@cc-ingest/database";
import { useDatabase } from "@cc-ingest/devstack/testing";
import { sql } from "kysely";
import { afterAll, beforeAll } from "vitest";

/** 1 January 2020, which is old by any clock: Unix seconds. */
export const OLD = 1_577_836_800;

/** A migrated database for this test file. */
export function useNodeStates(): () => Database {
  const database = useDatabase({ migrate: migrateUrl });
  let db: Database | undefined;
  beforeAll(() => {
    db = connectDatabase({ url: database().url, poolSize: 4, applicationName: "test" });
  });
  afterAll(() => db?.destroy());
  return () => {
    if (db === undefined) throw new Error("only inside a test");
    return db;
  };
}

/** Reports of nodes 1 to `nodes`, a minute apart from a time on, with contents that vary; node 1 is one that was deleted. */
export async function fill(db: Database, from: number, nodes: number, minutes: number): Promise<void> {
  await sql`SELECT ensure_node_state_partition(to_timestamp(${from}::bigint)::date)`.execute(db);
  await sql`INSERT INTO node (id, hostname, cluster, subcluster)
    SELECT n, 'f' || n, 'fritz', CASE WHEN n % 2 = 0 THEN 'spr' ELSE '' END FROM generate_series(2, ${nodes}::integer) AS n
    ON CONFLICT DO NOTHING`.execute(db);
  await sql`INSERT INTO node_state
    SELECT n, ${from}::bigint + t * 60, (n * t) % 1000000000, CASE WHEN (n + t) % 7 = 0 THEN 'down' ELSE 'idle' END,
      CASE (n + t) % 5 WHEN 0 THEN '{}' WHEN 1 THEN ARRAY['idle', 'DRAIN'] WHEN 2 THEN ARRAY['a "b"', 'ü,{}', ''] ELSE '{idle}' END,
      t % 3, n % 2147483647, CASE t % 2 WHEN 0 THEN 1 ELSE -1 END * (9007199254740993 + n * 1000 + t), 2147483647 - t,
      CASE (n + t) % 3 WHEN 0 THEN 'full' WHEN 1 THEN 'partial' END,
      CASE (n + t) % 3 WHEN 0 THEN jsonb_build_object('load', n, 'big', 12345678901234567890) END
    FROM generate_series(1, ${nodes}::integer) AS n, generate_series(0, ${minutes - 1}::integer) AS t`.execute(
    db,
  );
  await sql`UPDATE node_state SET memory_allocated = CASE time_ns WHEN 0 THEN ${MOST}::bigint ELSE ${LEAST}::bigint END
    WHERE node_id = 2 AND time_stamp < ${from + 120}::bigint`.execute(db);
}

const MOST = 9_223_372_036_854_775_807n;
const LEAST = -9_223_372_036_854_775_808n;

export const columns = `cluster, hostname, subcluster, node_id, time_stamp, time_ns, node_state, states, jobs_running, cpus_allocated,
  memory_allocated, gpus_allocated, health_state, health_metrics`;

/** All that `node_state` holds, in the columns' order, by node and time. */
export async function storedReports(db: Database): Promise<readonly (readonly unknown[])[]> {
  const { rows } = await sql<Record<string, unknown>>`
    SELECT cluster, hostname, subcluster, node_id, report.time_stamp, report.time_ns, report.node_state, report.states,
      report.jobs_running, report.cpus_allocated, report.memory_allocated, report.gpus_allocated, report.health_state,
      report.health_metrics::text
    FROM node_state AS report LEFT JOIN node ON node.id = node_id ORDER BY node_id, report.time_stamp`.execute(
    db,
  );
  return rows.map((row) => Object.values(row));
}

/** How many tables hold node states, partitions and retired days alike. */
export async function countDayTables(db: Database): Promise<number> {
  const { rows } = await sql<{ n: number }>`SELECT count(*)::integer AS n FROM pg_class
    WHERE relkind = 'r' AND relname ~ '^node_state_(retired_)?[0-9]{8}'`.execute(db);
  return rows[0]?.n ?? 0;
}
