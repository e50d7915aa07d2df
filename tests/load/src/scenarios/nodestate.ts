import { sql } from "kysely";
import { nodeRounds } from "../node-reports.ts";
import type { Finding } from "../report.ts";
import { type LoadStack, nodeFeed } from "../stack.ts";
import { throughput } from "./throughput.ts";

const NODES = 1_000;
const MESSAGES = 400;
const reports = { nodes: NODES, reports: MESSAGES, intervalSeconds: 60 };

/** Node reports, a thousand nodes to a message, of a cluster that runs ten thousand jobs a day; counted in rows. */
export function nodestate(): Promise<Finding> {
  return throughput({ ...usual, name: "node states, 1,000 nodes to a message", goal: 0.5 });
}

/** As above, but a third of all reports change their node's state. */
export function nodestateBusy(): Promise<Finding> {
  return throughput({
    ...usual,
    name: "the same with 86,400 jobs a day",
    messages: nodeRounds({ ...reports, jobsPerSecond: 1 }),
    goal: 0.4,
  });
}

const usual = {
  feed: nodeFeed,
  messages: nodeRounds(reports),
  perMessage: NODES,
  table: "node_state",
  rounds: 7,
  look: sizePerMillion,
} as const;

async function sizePerMillion({ db }: LoadStack): Promise<string> {
  const { rows } = await sql<{ table: number; index: number }>`
    SELECT sum(pg_table_size(relid))::float8 AS table, sum(pg_indexes_size(relid))::float8 AS index
    FROM pg_partition_tree('node_state') WHERE isleaf`.execute(db);
  const megabytes = (bytes = 0): string => (((bytes / (MESSAGES * NODES)) * 1e6) / 1e6).toFixed(0);
  return `per million samples ${megabytes(rows[0]?.table)} MB of table, ${megabytes(rows[0]?.index)} MB of index`;
}
