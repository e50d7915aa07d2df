import type { Column } from "../binary/columns.js";

/** What tells one report from another: of a node and second there is one. */
export interface ReportKey {
  readonly nodeId: number;
  /** Unix seconds. */
  readonly timeStamp: number;
}

export const reportKeyColumns: readonly Column<ReportKey>[] = [
  { name: "node_id", type: "integer", value: ({ nodeId }) => nodeId },
  { name: "time_stamp", type: "bigint", value: ({ timeStamp }) => timeStamp },
];
