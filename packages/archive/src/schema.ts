import type { RetiredReport } from "@cc-ingest/database";
import type { SchemaElement } from "hyparquet-writer";

export interface Column {
  readonly name: keyof RetiredReport;
  readonly kind: "int32" | "int64" | "text" | "texts";
  /** Whether it can be null. */
  readonly optional?: true;
}

/** In their order. Names and units are those of `node` and `node_state`. */
export const columns: readonly Column[] = [
  { name: "cluster", kind: "text", optional: true },
  { name: "hostname", kind: "text", optional: true },
  { name: "subcluster", kind: "text", optional: true },
  { name: "node_id", kind: "int32" },
  { name: "time_stamp", kind: "int64" },
  { name: "time_ns", kind: "int32" },
  { name: "node_state", kind: "text" },
  { name: "states", kind: "texts" },
  { name: "jobs_running", kind: "int32" },
  { name: "cpus_allocated", kind: "int32" },
  { name: "memory_allocated", kind: "int64" },
  { name: "gpus_allocated", kind: "int32" },
  { name: "health_state", kind: "text", optional: true },
  { name: "health_metrics", kind: "text", optional: true },
];

export const schema: readonly SchemaElement[] = [
  { name: "node_state", num_children: columns.length },
  ...columns.flatMap(elementsOf),
];

function elementsOf({ name, kind, optional }: Column): readonly SchemaElement[] {
  const repetition_type = optional === true ? "OPTIONAL" : "REQUIRED";
  const utf8 = { type: "BYTE_ARRAY", converted_type: "UTF8" } as const;
  if (kind === "int32") return [{ name, type: "INT32", repetition_type }];
  if (kind === "int64") return [{ name, type: "INT64", repetition_type }];
  if (kind === "text") return [{ name, ...utf8, repetition_type }];
  // The three levels that the format lays down for a list.
  return [
    { name, converted_type: "LIST", repetition_type, num_children: 1 },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    { name: "element", ...utf8, repetition_type: "OPTIONAL" },
  ];
}
