import { type Transaction, sql } from "kysely";
import { Columns } from "../binary/columns.js";
import { copyRows } from "../connection/copy-in.js";
import type { Schema } from "../schema.js";
import { reportKeyColumns } from "./report-key.js";
import { type ChangeEdit, type StateDelta, deltasOf } from "./state-changes.js";

type Trx = Transaction<Schema>;

const changeKeys = new Columns(reportKeyColumns);
const changeColumns = new Columns<ChangeEdit>([
  ...reportKeyColumns,
  { name: "node_state", type: "text", value: ({ after }) => after?.state },
  { name: "previous_state", type: "text", value: ({ after }) => after?.previous },
]);
const deltaColumns = new Columns<StateDelta>([
  { name: "cluster", type: "text", value: ({ cluster }) => cluster },
  { name: "slot", type: "bigint", value: ({ slot }) => slot },
  { name: "node_state", type: "text", value: ({ state }) => state },
  { name: "delta", type: "integer", value: ({ delta }) => delta },
]);

/** Brings `node_state_change` and `nodes_per_state_delta` up to date. The caller has locked the nodes. */
export async function writeChanges(trx: Trx, edits: readonly ChangeEdit[]): Promise<void> {
  const fresh = edits.filter(({ before }) => before === undefined);
  const altered = edits.filter(({ before, after }) => before !== undefined && after !== undefined);
  const gone = edits.filter(({ after }) => after === undefined);
  if (fresh.length > 0) await copyRows(trx, "node_state_change", changeColumns, fresh);
  if (altered.length > 0)
    await sql`UPDATE node_state_change AS change SET node_state = input.node_state, previous_state = input.previous_state
      FROM ${changeColumns.rows(altered)}
      WHERE change.node_id = input.node_id AND change.time_stamp = input.time_stamp`.execute(trx);
  if (gone.length > 0)
    await sql`DELETE FROM node_state_change AS change USING ${changeKeys.rows(gone)}
      WHERE change.node_id = input.node_id AND change.time_stamp = input.time_stamp`.execute(trx);
  await addDeltas(trx, deltasOf(edits));
}

/** Last in the transaction: every batch of a cluster writes the same few rows, and each waits for the one before to commit. */
async function addDeltas(trx: Trx, deltas: readonly StateDelta[]): Promise<void> {
  if (deltas.length === 0) return;
  await sql`INSERT INTO nodes_per_state_delta AS stored (${deltaColumns.names})
    SELECT ${deltaColumns.names} FROM ${deltaColumns.rows(deltas)}
    ON CONFLICT (cluster, slot, node_state) DO UPDATE SET delta = stored.delta + excluded.delta`.execute(trx);
}
