import { sql } from "kysely";
import { nodeReports } from "../node-reports.ts";
import type { Finding } from "../report.ts";
import { type LoadStack, nodeFeed } from "../stack.ts";
import { throughput } from "./throughput.ts";

const NODES = 1_000;
const MESSAGES = 400;

/** Node reports, a thousand nodes to a message; counted in rows. */
export function nodestate(): Promise<Finding> {
  return throughput({
    name: "node states, 1,000 nodes to a message",
    feed: nodeFeed,
    messages: (seed) => nodeReports({ nodes: NODES, reports: MESSAGES, intervalSeconds: 60, seed }),
    perMessage: NODES,
    table: "node_state",
    rounds: 7,
    goal: 0.5,
    look: sizePerMillion,
  });
}

async function sizePerMillion({ db }: LoadStack): Promise<string> {
  const { rows } = await sql<{ table: number; index: number }>`
    SELECT sum(pg_table_size(relid))::float8 AS table, sum(pg_indexes_size(relid))::float8 AS index
    FROM pg_partition_tree('node_state') WHERE isleaf`.execute(db);
  const megabytes = (bytes = 0): string => (((bytes / (MESSAGES * NODES)) * 1e6) / 1e6).toFixed(0);
  return `per million samples ${megabytes(rows[0]?.table)} MB of table, ${megabytes(rows[0]?.index)} MB of index`;
}
