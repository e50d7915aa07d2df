import { type Transaction, sql } from "kysely";
import { Columns } from "../binary/columns.js";
import type { ResolvedState, Schema } from "../schema.js";
import { type ReportKey, reportKeyColumns } from "./report-key.js";
import type { ChangeEdit, StateChange } from "./state-changes.js";

const keyColumns = new Columns(reportKeyColumns);

interface Found {
  node_id: number;
  cluster: string;
  time_stamp: bigint;
  state: ResolvedState;
  previous: ResolvedState | null;
  stored_state: ResolvedState | null;
  stored_previous: ResolvedState | null;
}

/**
 * Looks again, in the history, at reports that came late or replaced one of the same second, and at the report after each: whether
 * they begin a state hangs on the report before them. Where retention has dropped that, the changes still tell its state.
 */
export async function reassessChanges(
  trx: Transaction<Schema>,
  late: readonly ReportKey[],
): Promise<ChangeEdit[]> {
  if (late.length === 0) return [];
  const { rows } = await sql<Found>`
    WITH late AS (SELECT node_id, time_stamp FROM ${keyColumns.rows(late)}),
    touched AS (
      SELECT node_id, time_stamp FROM late
      UNION
      SELECT late.node_id, after.time_stamp FROM late, LATERAL (
        SELECT time_stamp FROM node_state
        WHERE node_id = late.node_id AND time_stamp > late.time_stamp ORDER BY time_stamp LIMIT 1) AS after
      UNION
      SELECT late.node_id, after.time_stamp FROM late, LATERAL (
        SELECT time_stamp FROM node_state_change
        WHERE node_id = late.node_id AND time_stamp > late.time_stamp ORDER BY time_stamp LIMIT 1) AS after
    )
    SELECT touched.node_id, node.cluster, touched.time_stamp, coalesce(report.node_state, stored.node_state) AS state,
      previous.node_state AS previous, stored.node_state AS stored_state, stored.previous_state AS stored_previous
    FROM touched
    LEFT JOIN node_state AS report USING (node_id, time_stamp)
    LEFT JOIN node_state_change AS stored USING (node_id, time_stamp)
    LEFT JOIN LATERAL (
      (SELECT 1 AS source, time_stamp, node_state FROM node_state AS earlier
        WHERE earlier.node_id = touched.node_id AND earlier.time_stamp < touched.time_stamp
        ORDER BY time_stamp DESC LIMIT 1)
      UNION ALL
      (SELECT 2, time_stamp, node_state FROM node_state_change AS earlier
        WHERE earlier.node_id = touched.node_id AND earlier.time_stamp < touched.time_stamp
        ORDER BY time_stamp DESC LIMIT 1)
      ORDER BY time_stamp DESC, source LIMIT 1) AS previous ON true
    JOIN node ON node.id = touched.node_id
    ORDER BY 1, 3`.execute(trx);
  return rows.map(toEdit).filter(({ before, after }) => !equal(before, after));
}

function toEdit(row: Found): ChangeEdit {
  const previous = row.previous ?? undefined;
  return {
    nodeId: row.node_id,
    cluster: row.cluster,
    timeStamp: Number(row.time_stamp),
    before:
      row.stored_state === null
        ? undefined
        : { state: row.stored_state, previous: row.stored_previous ?? undefined },
    after: row.state === previous ? undefined : { state: row.state, previous },
  };
}

function equal(a: StateChange | undefined, b: StateChange | undefined): boolean {
  return a?.state === b?.state && a?.previous === b?.previous;
}
