import { type Transaction, sql } from "kysely";
import { ArrayWriter } from "../binary/array-writer.js";
import { type Column, Columns } from "../binary/columns.js";
import { ids } from "../binary/ids.js";
import { copyStatement } from "../connection/copy-in.js";
import type { ResolvedState, Schema } from "../schema.js";
import type { NodeReport } from "./model.js";
import { reassessChanges } from "./reassess-changes.js";
import { type ReportKey, reportKeyColumns } from "./report-key.js";
import { type LockedNode, changesOfNewer } from "./state-changes.js";
import { writeChanges } from "./write-changes.js";

type Trx = Transaction<Schema>;

/** The order of `compareReports`, in SQL. */
const rank = (table: string, states = `array_to_string(${table}.states, E'\\n')`): string =>
  `(${table}.time_stamp, ${table}.time_ns, ${table}.cpus_allocated, ${table}.memory_allocated, ${table}.gpus_allocated,
    ${table}.jobs_running, ${states} COLLATE "C")`;

const reportColumns: readonly Column<NodeReport>[] = [
  ...reportKeyColumns,
  { name: "time_ns", type: "integer", value: ({ timeNs }) => timeNs },
  { name: "node_state", type: "text", value: ({ state }) => state.state },
  { name: "states", type: "text[]", value: ({ state }) => textArray(state.states) },
  { name: "jobs_running", type: "integer", value: ({ state }) => state.jobsRunning },
  { name: "cpus_allocated", type: "integer", value: ({ state }) => state.cpusAllocated },
  { name: "memory_allocated", type: "bigint", value: ({ state }) => state.memoryAllocated },
  { name: "gpus_allocated", type: "integer", value: ({ state }) => state.gpusAllocated },
];
const historyColumns = new Columns(reportColumns);
/** unnest makes rows of arrays of text, not of arrays of arrays: the states come as one text, as in `rank`. */
const newestColumns = new Columns(
  reportColumns.map((column) =>
    column.name === "states" ? { ...column, type: "text" as const, value: joinedStates } : column,
  ),
);
const names = reportColumns.map(({ name }) => name).filter((name) => name !== "node_id");
const columns = sql.raw(names.join(", "));
const inputColumns = sql.raw(reportColumns.map(({ name, type }) => `${name} ${type}`).join(", "));
const fromExcluded = sql.raw(names.map((name) => `${name} = excluded.${name}`).join(", "));
/** A text may stand for several lists when it is empty or has line breaks: then the history tells, where it has just been written. */
const statesFromInput = `states = CASE WHEN input.states = '' OR strpos(input.states, E'\\n') > 0
  THEN (SELECT states FROM node_state WHERE node_id = node.id AND time_stamp = input.time_stamp)
  ELSE ARRAY[input.states] END`;
const fromInput = sql.raw(
  names.map((name) => (name === "states" ? statesFromInput : `${name} = input.${name}`)).join(", "),
);
const excludedRank = sql.raw(rank("excluded"));
const storedRank = sql.raw(rank("node_state"));
const inputRank = sql.raw(rank("input", "input.states"));
const currentRank = sql.raw(rank("node"));

/**
 * Prepares what adds reports to the history, without waiting for others that write the same nodes' history. `reports` holds one per
 * node and second, sorted by both; `newest` tells the second of each node's newest report, as far as is known.
 *
 * The promise gives those that are new, or tell more than what was there; sorted as they came.
 */
export function addingToHistory(
  reports: readonly NodeReport[],
  newest: ReadonlyMap<number, number | undefined>,
): (trx: Trx) => Promise<readonly NodeReport[]> {
  // What seems newer than all there is goes the fast way. Where others were quicker the server refuses it, as a conflict.
  const isNewer = ({ nodeId, timeStamp }: NodeReport): boolean =>
    timeStamp > (newest.get(nodeId) ?? -Infinity);
  const newer = reports.filter(isNewer);
  const late = newer.length === reports.length ? [] : reports.filter((report) => !isNewer(report));
  const copy = copyStatement("node_state", historyColumns, newer);
  return async (trx) => {
    if (newer.length > 0) await copy.execute(trx);
    if (late.length === 0) return newer;
    const merged = new Set(await mergeLate(trx, late));
    return reports.filter((report) => isNewer(report) || merged.has(report));
  };
}

/**
 * Puts the writers of a node in line, from here to the commit. In id order, so that they can't deadlock. Nodes that do not exist are
 * missing in the answer.
 */
export async function lockNodes(
  trx: Trx,
  nodeIds: readonly number[],
): Promise<ReadonlyMap<number, LockedNode>> {
  const { rows } = await sql<{
    id: number;
    cluster: string;
    time_stamp: bigint | null;
    node_state: ResolvedState | null;
  }>`SELECT id, cluster, time_stamp, node_state FROM node
    WHERE id = ANY(${ids(nodeIds, "integer")}) ORDER BY id FOR NO KEY UPDATE`.execute(trx);
  return new Map(
    rows.map(({ id, cluster, time_stamp, node_state }) => [
      id,
      {
        cluster,
        timeStamp: time_stamp === null ? undefined : Number(time_stamp),
        state: node_state ?? undefined,
      },
    ]),
  );
}

/**
 * Brings up to date what is derived from the history: the changes of state, and in `node` the newest report. `added` has been added to
 * the history just before, and `nodes` locked: of two batches that write a node, the second sees here what the first one added.
 */
export async function followHistory(
  trx: Trx,
  added: readonly NodeReport[],
  nodes: ReadonlyMap<number, LockedNode>,
): Promise<void> {
  if (added.length === 0) return;
  const isLate = ({ nodeId, timeStamp }: ReportKey): boolean =>
    timeStamp <= (nodes.get(nodeId)?.timeStamp ?? -Infinity);
  const late = added.filter(isLate);
  const edits = [
    // Those behind what was the newest report are all of this batch, and looked at in order below.
    ...(await reassessChanges(trx, late)).filter(isLate),
    ...changesOfNewer(
      added.filter((report) => !isLate(report)),
      nodes,
      stateAhead(nodes, late),
    ),
  ];
  await showNewest(trx, added);
  await writeChanges(trx, edits);
}

/** The state of a node's newest report, which one of the same second may just have replaced. */
function stateAhead(
  nodes: ReadonlyMap<number, LockedNode>,
  late: readonly NodeReport[],
): (nodeId: number) => ResolvedState | undefined {
  const replaced = new Map(
    late
      .filter(({ nodeId, timeStamp }) => timeStamp === nodes.get(nodeId)?.timeStamp)
      .map(({ nodeId, state }) => [nodeId, state.state]),
  );
  return (nodeId) => replaced.get(nodeId) ?? nodes.get(nodeId)?.state;
}

async function mergeLate(trx: Trx, late: readonly NodeReport[]): Promise<readonly NodeReport[]> {
  const input = sql`json_to_recordset(${reportsJson(late)}::json) AS input (${inputColumns})`;
  const { rows } = await sql<{ node_id: number; time_stamp: bigint }>`
    INSERT INTO node_state (node_id, ${columns}) SELECT node_id, ${columns} FROM ${input}
    ON CONFLICT (node_id, time_stamp) DO UPDATE SET ${fromExcluded} WHERE ${excludedRank} > ${storedRank}
    RETURNING node_id, time_stamp`.execute(trx);
  const changed = new Set(rows.map((row) => `${row.node_id} ${row.time_stamp}`));
  return late.filter(({ nodeId, timeStamp }) => changed.has(`${nodeId} ${timeStamp}`));
}

/** `reports`: those of one node in the order of their times. */
async function showNewest(trx: Trx, reports: readonly NodeReport[]): Promise<void> {
  const newest = new Map(reports.map((report) => [report.nodeId, report]));
  await sql`UPDATE node SET ${fromInput} FROM ${newestColumns.rows([...newest.values()])}
    WHERE node.id = input.node_id AND (node.time_stamp IS NULL OR ${inputRank} > ${currentRank})`.execute(
    trx,
  );
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

const singles = new Map<string, Buffer>();
const MOST_SINGLES = 100;

/** Nearly every node reports one state, and there are few: their bytes are remembered. */
function textArray(texts: readonly string[]): Buffer {
  const [only] = texts;
  if (only === undefined || texts.length > 1) return encodeTexts(texts);
  let bytes = singles.get(only);
  if (bytes === undefined) {
    bytes = encodeTexts(texts);
    if (singles.size < MOST_SINGLES) singles.set(only, bytes);
  }
  return bytes;
}

function encodeTexts(texts: readonly string[]): Buffer {
  const writer = new ArrayWriter("text", texts.length);
  for (const text of texts) writer.add(text);
  return writer.finish();
}

function joinedStates({ state }: NodeReport): string {
  return state.states.join("\n");
}
