import { type Transaction, sql } from "kysely";
import type { Schema } from "../schema.js";
import type { NodeReport } from "./model.js";

type Trx = Transaction<Schema>;

/** The order of `compareReports`, in SQL. */
const rank = (table: string): string =>
  `(${table}.time_stamp, ${table}.time_ns, ${table}.cpus_allocated, ${table}.memory_allocated, ${table}.gpus_allocated,
    ${table}.jobs_running, array_to_string(${table}.states, E'\\n') COLLATE "C")`;

const COLUMNS = [
  "time_stamp",
  "time_ns",
  "node_state",
  "states",
  "jobs_running",
  "cpus_allocated",
  "memory_allocated",
  "gpus_allocated",
];
const columns = sql.raw(COLUMNS.join(", "));
const inputColumns =
  sql.raw(`node_id integer, time_stamp bigint, time_ns integer, node_state text, states text[],
  jobs_running integer, cpus_allocated integer, memory_allocated bigint, gpus_allocated integer`);
const fromExcluded = sql.raw(COLUMNS.map((name) => `${name} = excluded.${name}`).join(", "));
const fromInput = sql.raw(COLUMNS.map((name) => `${name} = input.${name}`).join(", "));
const excludedRank = sql.raw(rank("excluded"));
const inputRank = sql.raw(rank("input"));
const storedRank = sql.raw(rank("node_state"));
const currentRank = sql.raw(rank("node"));

/**
 * Locks the nodes of a batch in id order, so that batches can't deadlock and a node can't vanish under its reports.
 *
 * @returns whether all of them exist
 */
export async function lockNodes(trx: Trx, ids: readonly number[]): Promise<boolean> {
  const { rows } = await sql`SELECT id FROM node WHERE id = ANY(${`{${ids.join(",")}}`}::integer[])
    ORDER BY id FOR NO KEY UPDATE`.execute(trx);
  return rows.length === ids.length;
}

/**
 * Adds reports to the history, and to `node` those newer than what it shows. `reports` holds one per node and second.
 *
 * @returns the (node_id, time_stamp) of the history rows that are new or changed
 */
export async function writeReports(
  trx: Trx,
  reports: readonly NodeReport[],
): Promise<readonly { node_id: number; time_stamp: bigint }[]> {
  if (reports.length === 0) return [];
  const input = sql`json_to_recordset(${reportsJson(reports)}::json) AS input (${inputColumns})`;
  const history = await sql<{ node_id: number; time_stamp: bigint }>`
    INSERT INTO node_state (node_id, ${columns}) SELECT node_id, ${columns} FROM ${input}
    ON CONFLICT (node_id, time_stamp) DO UPDATE SET ${fromExcluded} WHERE ${excludedRank} > ${storedRank}
    RETURNING node_id, time_stamp`.execute(trx);
  const newest = [...new Map(reports.map((report) => [report.nodeId, report])).values()];
  const current = sql`json_to_recordset(${reportsJson(newest)}::json) AS input (${inputColumns})`;
  await sql`UPDATE node SET ${fromInput} FROM ${current}
    WHERE node.id = input.node_id AND (node.time_stamp IS NULL OR ${inputRank} > ${currentRank})`.execute(
    trx,
  );
  return history.rows;
}

function reportsJson(reports: readonly NodeReport[]): string {
  return JSON.stringify(
    reports.map(({ nodeId, timeStamp, timeNs, state }) => ({
      node_id: nodeId,
      time_stamp: timeStamp,
      time_ns: timeNs,
      node_state: state.state,
      states: state.states,
      jobs_running: state.jobsRunning,
      cpus_allocated: state.cpusAllocated,
      memory_allocated: String(state.memoryAllocated),
      gpus_allocated: state.gpusAllocated,
    })),
  );
}
