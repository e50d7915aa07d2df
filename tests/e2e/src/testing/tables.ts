import { hash } from "node:crypto";
import type { Database } from "@cc-ingest/database";
import { sql } from "kysely";

/** All rows by table, with the columns that come from messages: surrogate keys are resolved to what they stand for. */
const contents: Readonly<Record<string, string>> = {
  job: "SELECT to_jsonb(j) - 'id' AS row FROM job AS j",
  jobtag: `SELECT jsonb_build_array(j.job_id, j.cluster, j.start_time, t.tag_type, t.tag_name, t.tag_scope) AS row
    FROM jobtag AS jt JOIN job AS j ON j.id = jt.job_id JOIN tag AS t ON t.id = jt.tag_id`,
  tag: "SELECT to_jsonb(t) - 'id' AS row FROM tag AS t",
  parked_stop: "SELECT to_jsonb(p) - 'id' AS row FROM parked_stop AS p",
  node: "SELECT to_jsonb(n) - 'id' AS row FROM node AS n",
  node_state: `SELECT to_jsonb(s) - 'node_id' || jsonb_build_object('node', n.cluster || '/' || n.hostname) AS row
    FROM node_state AS s JOIN node AS n ON n.id = s.node_id`,
  node_state_change: `SELECT to_jsonb(s) - 'node_id' || jsonb_build_object('node', n.cluster || '/' || n.hostname) AS row
    FROM node_state_change AS s JOIN node AS n ON n.id = s.node_id`,
  nodes_per_state_delta: "SELECT to_jsonb(d) AS row FROM nodes_per_state_delta AS d WHERE delta <> 0",
  dead_letter: "SELECT to_jsonb(d) - 'id' AS row FROM dead_letter AS d",
};

export interface TableContent {
  readonly rows: number;
  /** Equal for equal rows, in whatever order they were written. */
  readonly digest: string;
}

export async function contentOf(db: Database): Promise<Record<string, TableContent>> {
  const tables = await Promise.all(
    Object.entries(contents).map(async ([table, query]) => {
      const { rows } = await sql<{ row: string }>`
        SELECT row::text AS row FROM (${sql.raw(query)}) AS all_rows ORDER BY row::text COLLATE "C"`.execute(
        db,
      );
      const lines = rows.map(({ row }) => row);
      return [table, { rows: lines.length, digest: hash("sha256", lines.join("\n")) }] as const;
    }),
  );
  return Object.fromEntries(tables);
}
