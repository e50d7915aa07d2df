import { type Transaction, sql } from "kysely";
import type { JobTag, StartJob } from "@cc-ingest/protocol";
import { Columns } from "../binary/columns.js";
import type { Schema } from "../schema.js";

type TaggedJob = Pick<StartJob, "jobId" | "cluster" | "startTime" | "tags">;

const linkColumns = new Columns<{ job: TaggedJob; tag: JobTag }>([
  { name: "job_id", type: "bigint", value: ({ job }) => job.jobId },
  { name: "cluster", type: "text", value: ({ job }) => job.cluster },
  { name: "start_time", type: "bigint", value: ({ job }) => job.startTime },
  { name: "tag_type", type: "text", value: ({ tag }) => tag.type },
  { name: "tag_name", type: "text", value: ({ tag }) => tag.name },
  { name: "tag_scope", type: "text", value: ({ tag }) => tag.scope },
]);

/** Stores tags not yet known, in one order for all writers so that none deadlock, and links them to their jobs. */
export async function writeTags(trx: Transaction<Schema>, jobs: readonly TaggedJob[]): Promise<void> {
  const links = jobs
    .filter(({ tags }) => tags.length > 0)
    .flatMap((job) => job.tags.map((tag) => ({ job, tag })));
  if (links.length === 0) return;
  const input = linkColumns.rows(links);
  await sql`INSERT INTO tag (tag_type, tag_name, tag_scope)
    SELECT DISTINCT tag_type, tag_name, tag_scope FROM ${input} ORDER BY tag_type, tag_name, tag_scope
    ON CONFLICT DO NOTHING`.execute(trx);
  await sql`INSERT INTO jobtag (job_id, tag_id)
    SELECT DISTINCT job.id, tag.id FROM ${input}
    JOIN job USING (job_id, cluster, start_time)
    JOIN tag USING (tag_type, tag_name, tag_scope)
    ON CONFLICT DO NOTHING`.execute(trx);
}
