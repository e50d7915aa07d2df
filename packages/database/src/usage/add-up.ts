import { type Transaction, sql } from "kysely";
import { withAdvisoryLock } from "../advisory-lock.js";
import type { Database } from "../connection/connect.js";
import { readClusterNames } from "../queries/cluster-names.js";
import { retryConflicts } from "../retry-conflicts.js";
import type { Schema } from "../schema.js";

type Trx = Transaction<Schema>;

/** A day of a cluster, in days since the epoch. */
interface ClusterDay {
  readonly cluster: string;
  readonly day: bigint;
}

/** Days of a cluster are added up in their order, so those until the newest one are done, or had no jobs. */
const newest = (cluster: string) =>
  sql`(SELECT max(day) FROM job_usage WHERE cluster = ${cluster} AND part = 'all')`;

/**
 * Adds up the days that ended a day ago or more, for `node_hours`, and again those whose jobs have changed since. One process at a time,
 * a transaction for each day. Until then, and whenever it fails, these days are read job by job.
 *
 * @returns how many days were added up, or `busy` when another process is doing this
 */
export async function addUpUsage(db: Database, signal?: AbortSignal): Promise<number | "busy"> {
  return await withAdvisoryLock(db, "job usage", async (connection) => {
    let added = 0;
    for (const changed of await changedDays(connection)) {
      signal?.throwIfAborted();
      if (await inTurn(connection, (trx) => addUpAgain(trx, changed))) added++;
    }
    for (const cluster of await readClusterNames(connection)) {
      for (;;) {
        signal?.throwIfAborted();
        const next = await nextDay(connection, cluster);
        if (next === undefined) break;
        await inTurn(connection, (trx) => addUp(trx, next));
        added++;
      }
    }
    return added;
  });
}

/** What it reads is of one moment: a change that it takes the mark of is in the sum, and one that comes later leaves a mark of its own. */
async function inTurn<T>(db: Database, work: (trx: Trx) => Promise<T>): Promise<T> {
  return await retryConflicts(() => db.transaction().setIsolationLevel("repeatable read").execute(work));
}

async function changedDays(db: Database): Promise<readonly ClusterDay[]> {
  const { rows } = await sql<ClusterDay>`SELECT DISTINCT cluster, day FROM job_usage_change
    ORDER BY cluster, day`.execute(db);
  return rows;
}

/** The next day on which jobs ended; undefined when it did not end a day ago. */
async function nextDay(db: Database, cluster: string): Promise<ClusterDay | undefined> {
  const { rows } = await sql<ClusterDay>`SELECT cluster, stop_time / 86400 AS day FROM job
    WHERE cluster = ${cluster} AND stop_time >= coalesce(${newest(cluster)} + 1, 0) * 86400
      AND stop_time < (extract(epoch FROM now())::bigint / 86400 - 1) * 86400
    ORDER BY stop_time LIMIT 1`.execute(db);
  return rows[0];
}

/** A day that has not had its turn yet only loses its mark: its turn comes. */
async function addUpAgain(trx: Trx, changed: ClusterDay): Promise<boolean> {
  const { cluster, day } = changed;
  await sql`DELETE FROM job_usage_change WHERE cluster = ${cluster} AND day = ${day}`.execute(trx);
  const { rows } = await sql<{ done: boolean }>`SELECT ${day}::bigint <= ${newest(cluster)} AS done`.execute(
    trx,
  );
  if (rows[0]?.done !== true) return false;
  await sql`DELETE FROM job_usage
    WHERE cluster = ${cluster} AND part IN ('all', 'user', 'project') AND day = ${day}`.execute(trx);
  await addUp(trx, changed);
  return true;
}

async function addUp(trx: Trx, { cluster, day }: ClusterDay): Promise<void> {
  await sql`
    INSERT INTO job_usage (cluster, part, day, name, jobs, node_seconds)
    SELECT ${cluster}, CASE WHEN grouping(hpc_user) = 0 THEN 'user' WHEN grouping(project) = 0 THEN 'project' ELSE 'all' END,
      ${day}, coalesce(hpc_user, project, ''), count(*), coalesce(sum(num_nodes * duration), 0)
    FROM job
    WHERE cluster = ${cluster} AND stop_time >= ${day}::bigint * 86400 AND stop_time < (${day}::bigint + 1) * 86400
      AND duration <= 86400
    GROUP BY GROUPING SETS ((), (hpc_user), (project))`.execute(trx);
}
