import { sql } from "kysely";
import type { Database } from "../connection/connect.js";
import { retiredName } from "./day-tables.js";
import type { RetiredDay, RetiredReport } from "./model.js";

/** 4 MiB of the table at a time: what bounds the memory. */
const BLOCKS = 512;

/**
 * Every report of a retired day, in parts as they lie in the table, which is about as they came, each sorted by node and time. Going
 * by blocks reads the table once from begin to end; going by its key would fetch nearly every row from another place of the disk, and
 * a cursor would keep a snapshot open for minutes, while dead rows of `node` pile up.
 */
export async function* readRetired(
  db: Database,
  retired: RetiredDay,
  onRead: (blocks: number, ofBlocks: number) => void,
): AsyncGenerator<readonly RetiredReport[]> {
  const name = retiredName(retired);
  const { rows } = await sql<{ blocks: number }>`
    SELECT (pg_relation_size(${name}::regclass) / current_setting('block_size')::bigint)::integer AS blocks`.execute(
    db,
  );
  const blocks = rows[0]?.blocks ?? 0;
  for (let from = 0; from < blocks; from += BLOCKS) {
    const part = await sql<RetiredReport>`
      SELECT cluster, hostname, subcluster, node_id, report.time_stamp, report.time_ns, report.node_state, report.states,
        report.jobs_running, report.cpus_allocated, report.memory_allocated, report.gpus_allocated, report.health_state,
        report.health_metrics::text
      FROM ${sql.table(name)} AS report LEFT JOIN node ON node.id = node_id
      WHERE report.ctid >= ${tid(from)}::tid AND report.ctid < ${tid(from + BLOCKS)}::tid
      ORDER BY node_id, report.time_stamp`.execute(db);
    if (part.rows.length > 0) yield part.rows;
    onRead(Math.min(from + BLOCKS, blocks), blocks);
  }
}

function tid(block: number): string {
  return `(${block},0)`;
}
