import { type Transaction, sql } from "kysely";
import type { Database } from "../connection/connect.js";
import type { Schema } from "../schema.js";
import { retiredName } from "./day-tables.js";
import type { RetiredDay, RetiredReport } from "./model.js";

/** 8 MiB of the table at a time are sorted. */
const BLOCKS = 1_024;
/** So few that they are garbage before the heap grows. */
const ROWS = 500;

/**
 * Every report of a retired day, in small parts. Going by blocks reads the table once from begin to end, about as the reports came;
 * those of some blocks are sorted by node and time. Going by the key would fetch nearly every row from another place of the disk,
 * and one cursor for the whole day would keep a snapshot open for minutes, while dead rows of `node` pile up.
 */
export async function* readRetired(
  db: Database,
  retired: RetiredDay,
  onRead: (blocks: number, ofBlocks: number) => void,
): AsyncGenerator<readonly RetiredReport[]> {
  const name = retiredName(retired);
  const blocks = await countBlocks(db, name);
  for (let from = 0; from < blocks; from += BLOCKS) {
    yield* readBlocks(db, name, from, from + BLOCKS);
    onRead(Math.min(from + BLOCKS, blocks), blocks);
  }
}

async function countBlocks(db: Database, name: string): Promise<number> {
  const { rows } = await sql<{ blocks: number }>`
    SELECT (pg_relation_size(${name}::regclass) / current_setting('block_size')::bigint)::integer AS blocks`.execute(
    db,
  );
  return rows[0]?.blocks ?? 0;
}

async function* readBlocks(
  db: Database,
  name: string,
  from: number,
  to: number,
): AsyncGenerator<readonly RetiredReport[]> {
  const trx = await db.startTransaction().execute();
  try {
    await sql`DECLARE report_of_day NO SCROLL CURSOR FOR
      SELECT cluster, hostname, subcluster, node_id, report.time_stamp, report.time_ns, report.node_state,
        to_json(report.states)::text AS states, report.jobs_running, report.cpus_allocated, report.memory_allocated, report.gpus_allocated, report.health_state,
        report.health_metrics::text
      FROM ${sql.table(name)} AS report LEFT JOIN node ON node.id = node_id
      WHERE report.ctid >= ${tid(from)}::tid AND report.ctid < ${tid(to)}::tid
      ORDER BY node_id, report.time_stamp`.execute(trx);
    yield* fetchAll(trx);
  } finally {
    // It has only read.
    await trx.rollback().execute();
  }
}

async function* fetchAll(trx: Transaction<Schema>): AsyncGenerator<readonly RetiredReport[]> {
  for (;;) {
    const { rows } = await sql<RetiredReport>`FETCH ${sql.lit(ROWS)} FROM report_of_day`.execute(trx);
    if (rows.length === 0) return;
    yield rows;
  }
}

function tid(block: number): ReturnType<typeof sql.lit> {
  return sql.lit(`(${block},0)`);
}
