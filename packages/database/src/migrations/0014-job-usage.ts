import { type Kysely, sql } from "kysely";

/**
 * Node-hours by user and by project: days that have passed are added up once (`usage/add-up.ts`), since adding up a million jobs takes
 * Postgres most of a second. What changes a job of a day gone by leaves a mark, and a day with a mark is read from its jobs, so that the
 * answer is exact at all times. By triggers: no writer can forget the mark, whatever its version.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Days in days since the epoch. Of jobs that ran for a day at most; `part` is 'all', 'user' or 'project'.
  await sql`
    CREATE TABLE job_usage (
      cluster text NOT NULL,
      part text NOT NULL,
      day bigint NOT NULL,
      name text NOT NULL,
      jobs bigint NOT NULL,
      node_seconds bigint NOT NULL,
      PRIMARY KEY (cluster, part, day, name)
    )`.execute(db);
  // Without a key: concurrent batches that change the same day must not wait for each other.
  await sql`CREATE TABLE job_usage_change (cluster text NOT NULL, day bigint NOT NULL)`.execute(db);
  await sql`CREATE INDEX job_usage_change_day ON job_usage_change (cluster, day)`.execute(db);
  // The few jobs that ran for longer than a day, which no day can be added up with.
  await sql`CREATE INDEX job_long ON job (cluster, stop_time) WHERE duration > 86400`.execute(db);
  await createMarks(db);
  await createNodeHours(db);
}

async function createMarks(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ schema: string }>`SELECT current_schema() AS schema`.execute(db);
  const path = sql`${sql.id(rows[0]?.schema ?? "public")}, pg_temp`;
  // A day is added up only when it ended a day ago or more: a transaction that leaves no mark for today can't commit that late.
  await sql`
    CREATE FUNCTION mark_job_usage() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ${path} AS $$
    DECLARE
      today bigint := extract(epoch FROM now())::bigint / 86400;
    BEGIN
      IF TG_OP IN ('UPDATE', 'DELETE') THEN
        INSERT INTO job_usage_change SELECT DISTINCT cluster, stop_time / 86400 FROM old_row WHERE stop_time / 86400 < today;
      END IF;
      IF TG_OP IN ('UPDATE', 'INSERT') THEN
        INSERT INTO job_usage_change SELECT DISTINCT cluster, stop_time / 86400 FROM new_row WHERE stop_time / 86400 < today;
      END IF;
      IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM job_usage;
      END IF;
      RETURN NULL;
    END $$`.execute(db);
  await sql`REVOKE EXECUTE ON FUNCTION mark_job_usage() FROM PUBLIC`.execute(db);
  const fires = sql`FOR EACH STATEMENT EXECUTE FUNCTION mark_job_usage()`;
  await sql`CREATE TRIGGER job_usage_insert AFTER INSERT ON job REFERENCING NEW TABLE AS new_row ${fires}`.execute(
    db,
  );
  await sql`CREATE TRIGGER job_usage_update AFTER UPDATE ON job
    REFERENCING OLD TABLE AS old_row NEW TABLE AS new_row ${fires}`.execute(db);
  await sql`CREATE TRIGGER job_usage_delete AFTER DELETE ON job REFERENCING OLD TABLE AS old_row ${fires}`.execute(
    db,
  );
  await sql`CREATE TRIGGER job_usage_truncate AFTER TRUNCATE ON job ${fires}`.execute(db);
}

/**
 * A job of a day at most that ended a day after `from_time` or later began after `from_time`: all of it counts, and its day can be taken
 * as a whole. What ended before that, on days with a mark and on those not added up yet is read job by job; so are the long ones and
 * those that run.
 */
async function createNodeHours(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE FUNCTION node_hours(of_cluster text, from_time bigint, to_time bigint, by_part text)
    RETURNS TABLE (name text, node_hours double precision, jobs bigint)
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
      WITH whole AS (
        SELECT summed.day FROM job_usage AS summed
        WHERE summed.cluster = of_cluster AND summed.part = 'all'
          AND summed.day * 86400 >= from_time + 86400 AND (summed.day + 1) * 86400 <= to_time
        EXCEPT SELECT change.day FROM job_usage_change AS change WHERE change.cluster = of_cluster
      ),
      stretch AS (
        SELECT greatest(from_time, day * 86400) AS first, least(to_time + 86400, (day + 1) * 86400) AS after
        FROM generate_series(from_time / 86400, (to_time + 86400) / 86400) AS day
        WHERE day NOT IN (SELECT whole.day FROM whole)
      ),
      ran AS (
        SELECT hpc_user, project, num_nodes, start_time, stop_time FROM stretch, LATERAL (
          SELECT * FROM job WHERE cluster = of_cluster AND stop_time >= first AND stop_time < after
            AND duration <= 86400 AND start_time < to_time) AS short
        UNION ALL
        SELECT hpc_user, project, num_nodes, start_time, stop_time FROM job
        WHERE cluster = of_cluster AND stop_time >= from_time AND duration > 86400 AND start_time < to_time
        UNION ALL
        SELECT hpc_user, project, num_nodes, start_time, extract(epoch FROM now())::bigint FROM job
        WHERE cluster = of_cluster AND job_state = 'running' AND start_time < to_time
      ),
      used AS (
        SELECT CASE by_part WHEN 'user' THEN hpc_user WHEN 'project' THEN project ELSE '' END AS name,
          sum(num_nodes * greatest(0, least(to_time, stop_time) - greatest(from_time, start_time))) AS node_seconds, count(*) AS jobs
        FROM ran GROUP BY 1
        UNION ALL
        SELECT summed.name, summed.node_seconds, summed.jobs FROM job_usage AS summed
        WHERE summed.cluster = of_cluster AND summed.part = by_part AND summed.jobs > 0
          AND summed.day IN (SELECT whole.day FROM whole)
      )
      SELECT used.name, (sum(used.node_seconds) / 3600)::double precision, sum(used.jobs)::bigint FROM used GROUP BY 1
    $$`.execute(db);
  await sql`
    COMMENT ON FUNCTION node_hours IS
      'Node-hours within [from_time, to_time), and how many jobs they are of, by user or project, or of all with an empty name. A node that several jobs share counts for each. Those that run count until now. Times: Unix seconds.'`.execute(
    db,
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP FUNCTION node_hours(text, bigint, bigint, text)`.execute(db);
  for (const event of ["insert", "update", "delete", "truncate"])
    await sql`DROP TRIGGER ${sql.id(`job_usage_${event}`)} ON job`.execute(db);
  await sql`DROP FUNCTION mark_job_usage()`.execute(db);
  await sql`DROP INDEX job_long`.execute(db);
  await sql`DROP TABLE job_usage_change, job_usage`.execute(db);
}
