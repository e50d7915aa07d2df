import { type Transaction, sql } from "kysely";
import type { StartJob } from "@cc-ingest/protocol";
import type { Schema } from "../schema.js";

type TaggedJob = Pick<StartJob, "jobId" | "cluster" | "startTime" | "tags">;

/** Stores tags not yet known, in one order for all writers so that none deadlock, and links them to their jobs. */
export async function writeTags(trx: Transaction<Schema>, jobs: readonly TaggedJob[]): Promise<void> {
  const links = jobs.flatMap(({ jobId, cluster, startTime, tags }) =>
    tags.map(({ type, name, scope }) => ({
      job_id: String(jobId),
      cluster,
      start_time: startTime,
      type,
      name,
      scope,
    })),
  );
  if (links.length === 0) return;
  const input = sql`json_to_recordset(${JSON.stringify(links)}::json)
    AS input (job_id bigint, cluster text, start_time bigint, type text, name text, scope text)`;
  await sql`INSERT INTO tag (tag_type, tag_name, tag_scope)
    SELECT DISTINCT type, name, scope FROM ${input} ORDER BY type, name, scope
    ON CONFLICT DO NOTHING`.execute(trx);
  await sql`INSERT INTO jobtag (job_id, tag_id)
    SELECT DISTINCT job.id, tag.id FROM ${input}
    JOIN job ON job.job_id = input.job_id AND job.cluster = input.cluster AND job.start_time = input.start_time
    JOIN tag ON tag.tag_type = input.type AND tag.tag_name = input.name AND tag.tag_scope = input.scope
    ON CONFLICT DO NOTHING`.execute(trx);
}
