import { sql } from "kysely";
import type { Database } from "../connection/connect.js";
import { SLOT_SECONDS } from "../nodes/state-changes.js";

/**
 * Takes away the changes of state before `horizon` (Unix seconds), but for the last one of each node: it tells the state in which
 * what is left begins. Counts of nodes per state are summed up backwards from now, so what lies before the horizon is not needed.
 */
export async function trimChanges(db: Database, horizon: number): Promise<void> {
  await sql`DELETE FROM node_state_change AS change WHERE time_stamp < ${horizon}::bigint AND EXISTS (
    SELECT FROM node_state_change AS later WHERE later.node_id = change.node_id
      AND later.time_stamp > change.time_stamp AND later.time_stamp <= ${horizon}::bigint)`.execute(db);
  await sql`DELETE FROM nodes_per_state_delta WHERE slot < ${horizon - (horizon % SLOT_SECONDS)}`.execute(db);
}
