import type { RetiredReport } from "@cc-ingest/database";
import type { SchemaElement } from "hyparquet-writer";

type Name = keyof RetiredReport;

const required = "REQUIRED";
const optional = "OPTIONAL";

function column(name: Name, type: "INT32" | "INT64"): readonly SchemaElement[] {
  return [{ name, type, repetition_type: required }];
}

function text(name: string, repetition_type: typeof required | typeof optional): readonly SchemaElement[] {
  return [{ name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type }];
}

/** A list in the three levels that the Parquet format lays down for it. */
function textList(name: Name): readonly SchemaElement[] {
  return [
    { name, converted_type: "LIST", repetition_type: required, num_children: 1 },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    ...text("element", optional),
  ];
}

/** The columns in their order, each with its elements of the schema. Names and units are those of `node` and `node_state`. */
const columns: readonly (readonly [Name, readonly SchemaElement[]])[] = [
  ["cluster", text("cluster", optional)],
  ["hostname", text("hostname", optional)],
  ["subcluster", text("subcluster", optional)],
  ["node_id", column("node_id", "INT32")],
  ["time_stamp", column("time_stamp", "INT64")],
  ["time_ns", column("time_ns", "INT32")],
  ["node_state", text("node_state", required)],
  ["states", textList("states")],
  ["jobs_running", column("jobs_running", "INT32")],
  ["cpus_allocated", column("cpus_allocated", "INT32")],
  ["memory_allocated", column("memory_allocated", "INT64")],
  ["gpus_allocated", column("gpus_allocated", "INT32")],
  ["health_state", text("health_state", optional)],
  ["health_metrics", text("health_metrics", optional)],
];

export const columnNames: readonly Name[] = columns.map(([name]) => name);

export const schema: readonly SchemaElement[] = [
  { name: "node_state", num_children: columns.length },
  ...columns.flatMap(([, elements]) => elements),
];
