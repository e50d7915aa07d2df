import type { Database } from "../connection/connect.js";
import { compareText } from "../jobs/compare-text.js";
import type { NodeTables } from "./node-oracle.js";

interface ReportRow {
  hostname: string;
  time_stamp: bigint | null;
  node_state: string | null;
  states: string[] | null;
  jobs_running: number | null;
}

/** What is stored of one cluster, in the words of the oracle. */
export async function readNodeTables(db: Database, cluster: string): Promise<NodeTables> {
  const history = await db
    .selectFrom("node_state as report")
    .innerJoin("node", "node.id", "report.node_id")
    .where("cluster", "=", cluster)
    .select(["hostname", "report.time_stamp", "report.node_state", "report.states", "report.jobs_running"])
    .execute();
  const newest = await db
    .selectFrom("node")
    .where("cluster", "=", cluster)
    .select(["hostname", "time_stamp", "node_state", "states", "jobs_running"])
    .execute();
  const changes = await db
    .selectFrom("node_state_change as change")
    .innerJoin("node", "node.id", "change.node_id")
    .where("cluster", "=", cluster)
    .select(["hostname", "change.time_stamp", "previous_state", "change.node_state"])
    .execute();
  const perState = await db
    .selectFrom("nodes_per_state_delta")
    .where("cluster", "=", cluster)
    .where("delta", "<>", 0)
    .selectAll()
    .execute();
  const lines = (rows: readonly ReportRow[]): string[] =>
    rows
      .map(
        (row) =>
          `${row.hostname} ${row.time_stamp} ${row.node_state} ${row.states?.join()} jobs=${row.jobs_running}`,
      )
      .toSorted(compareText);
  return {
    history: lines(history),
    newest: lines(newest),
    changes: changes
      .map((row) => `${row.hostname} ${row.time_stamp} ${row.previous_state ?? "-"} → ${row.node_state}`)
      .toSorted(compareText),
    perState: perState.map((row) => `${row.slot} ${row.node_state} ${row.delta}`).toSorted(compareText),
  };
}
