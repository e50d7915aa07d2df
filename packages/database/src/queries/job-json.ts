import { sql } from "kysely";

/**
 * A row of `job` as the JSON text that cc-backend's API gives. The server writes it because nobody on its way looks into it: 25 texts
 * instead of 750 values are read from the wire, numbers stay exact, and what is JSON in the row goes through as it is.
 * `now`: Unix seconds, for what is still running. To be selected from `job`, the rows wanted, with `page`, which has the ids of them.
 */
export function jobJson(now: number, { withMetadata }: { readonly withMetadata: boolean }) {
  return sql<string>`concat(
    '{"id":', id, ',"jobId":', job_id, ',"cluster":', to_json(cluster), ',"subCluster":', to_json(subcluster),
    ',"partition":', to_json(cluster_partition), ',"project":', to_json(project), ',"user":', to_json(hpc_user),
    ',"shared":"', shared, '","jobState":"', job_state, '","submitTime":', submit_time, ',"startTime":', start_time,
    ',"stopTime":', coalesce(stop_time::text, 'null'), ',"stopSource":', coalesce('"' || stop_source || '"', 'null'),
    ',"duration":', CASE job_state WHEN 'running' THEN greatest(0, ${now}::bigint - start_time) ELSE duration END,
    ',"walltime":', walltime, ',"requestedMemory":', requested_memory, ',"numNodes":', num_nodes,
    ',"numHwthreads":', num_hwthreads, ',"numAcc":', num_acc, ',"resources":', resources, ',"tags":', ${tags}, ${seldom},
    ',"metaData":', ${withMetadata ? sql`coalesce(meta_data::text, 'null')` : sql`'null'`}, '}')`;
}

/** Numbers of jobs are kept as text there. */
const concurrentJobs = sql`CASE WHEN concurrent_jobs IS NULL THEN '{"count":0,"items":[]}'
    ELSE regexp_replace(concurrent_jobs::text, '"(-?[0-9]+)"', '\\1', 'g') END`;

/** Few jobs have any, and to gather none costs as much as to gather some: so it is asked first, in one step, which of the page have. */
const tags = sql`CASE WHEN job.id = ANY(ARRAY(SELECT job_id FROM jobtag WHERE job_id = ANY(ARRAY(SELECT id FROM page)))) THEN (
    SELECT json_agg(json_build_object('id', tag.id, 'type', tag.tag_type, 'name', tag.tag_name, 'scope', tag.tag_scope)
      ORDER BY tag.tag_type, tag.tag_name, tag.tag_scope)
    FROM jobtag JOIN tag ON tag.id = jobtag.tag_id WHERE jobtag.job_id = job.id) ELSE '[]' END`;

/** What few jobs have: in one piece where they are as most, since each piece has its price. */
const seldom = sql`CASE WHEN array_job_id = 0 AND smt = 1 AND monitoring_status = 1 AND energy = 0
      AND num_nonnulls(concurrent_jobs, footprint, energy_footprint, statistics) = 0
    THEN ',"arrayJobId":0,"smt":1,"monitoringStatus":1,"energy":0,"concurrentJobs":{"count":0,"items":[]},'
      '"footprint":null,"energyFootprint":null,"statistics":null'
    ELSE concat(',"arrayJobId":', array_job_id, ',"smt":', smt, ',"monitoringStatus":', monitoring_status,
      ',"energy":', energy, ',"concurrentJobs":', ${concurrentJobs}, ',"footprint":', coalesce(footprint::text, 'null'),
      ',"energyFootprint":', coalesce(energy_footprint::text, 'null'),
      ',"statistics":', coalesce(statistics::text, 'null')) END`;
