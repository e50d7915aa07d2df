import { sql } from "kysely";
import type { Database } from "./connection/connect.js";
import { readOverdueStops } from "./jobs/overdue-stops.js";

/** How many rows there are: exact up to a million, above that the planner's estimate. */
export interface RowCount {
  readonly rows: number;
  readonly exact: boolean;
}

/** What the tables hold, for a person who looks. */
export interface Overview {
  readonly jobs: RowCount;
  readonly runningJobs: number;
  readonly parkedStops: number;
  /** Of them, those whose start has not come in time. */
  readonly overdueStops: number;
  readonly nodes: number;
  readonly nodeStates: RowCount;
  /** By reason code, those that nobody has answered; empty when there are none. */
  readonly deadLetters: Readonly<Record<string, number>>;
}

/** Counting more rows than this one by one takes longer than anyone wants to wait. */
const COUNTED = 1_000_000;

interface Row {
  readonly jobs: bigint;
  readonly jobs_estimate: number;
  readonly running_jobs: bigint;
  readonly parked_stops: bigint;
  readonly nodes: bigint;
  readonly node_states: bigint;
  readonly node_states_estimate: number;
  readonly dead_letters: Readonly<Record<string, number>> | null;
}

/** `overdueSeconds`: the age from which a stop without a run counts as overdue. */
export async function readOverview(db: Database, overdueSeconds: number): Promise<Overview> {
  const { count: overdueStops } = await readOverdueStops(db, overdueSeconds);
  const { rows } = await sql<Row>`
    SELECT
      (SELECT count(*) FROM (SELECT FROM job LIMIT ${COUNTED + 1}) AS j) AS jobs,
      (SELECT reltuples::float8 FROM pg_class WHERE oid = 'job'::regclass) AS jobs_estimate,
      (SELECT count(*) FROM job WHERE job_state = 'running') AS running_jobs,
      (SELECT count(*) FROM parked_stop) AS parked_stops,
      (SELECT count(*) FROM node) AS nodes,
      (SELECT count(*) FROM (SELECT FROM node_state LIMIT ${COUNTED + 1}) AS s) AS node_states,
      (SELECT coalesce(sum(greatest(c.reltuples, 0)), 0)::float8 FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'node_state'::regclass) AS node_states_estimate,
      (SELECT json_object_agg(reason, letters ORDER BY reason)
        FROM (SELECT reason, count(*) AS letters FROM dead_letter
          WHERE status IN ('open', 'replaying') GROUP BY reason) AS d) AS dead_letters`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error("a SELECT without FROM gave no row");
  return {
    jobs: rowCount(row.jobs, row.jobs_estimate),
    runningJobs: Number(row.running_jobs),
    parkedStops: Number(row.parked_stops),
    overdueStops,
    nodes: Number(row.nodes),
    nodeStates: rowCount(row.node_states, row.node_states_estimate),
    deadLetters: row.dead_letters ?? {},
  };
}

/** An estimate is as old as the last ANALYZE: what was counted is the least there is. */
function rowCount(counted: bigint, estimate: number): RowCount {
  if (counted <= BigInt(COUNTED)) return { rows: Number(counted), exact: true };
  return { rows: Math.max(COUNTED, Math.round(estimate)), exact: false };
}
