import { describe, expect, test } from "vitest";
import { useEmptyTables } from "../testing/database.js";
import { start, startEvent, startJob, stop } from "../testing/job-samples.js";
import { applyJobEvents } from "./apply.js";
import type { JobEvent } from "./model.js";

const database = useEmptyTables();

async function apply(events: readonly JobEvent[]) {
  return await database()
    .transaction()
    .execute((trx) => applyJobEvents(trx, events));
}

describe("a start event becomes a row", () => {
  test("with every column", async () => {
    const job = startJob({
      jobId: 9_223_372_036_854_775_807n,
      subCluster: "spr",
      arrayJobId: 7n,
      requestedMemory: 256_000n,
      smt: 2,
      shared: "multi_user",
      energy: 1.5,
      footprint: { flops_any: 12.25 },
      energyFootprint: { cpu: 3 },
      metaData: { jobScript: '#!/bin/bash -l\nsrun ./lbm.exe > out.log 2>&1\nprintf "%s\\n" done\n' },
      concurrentJobs: { items: [{ id: 1n, jobId: 9_007_199_254_740_993n }], count: 1 },
      statistics: { flops_any: { unit: { base: "F/s", prefix: "G" }, avg: 1, min: 0.5, max: 2 } },
    });
    await apply([startEvent(job, 1_760_000_000_123_456_789n)]);
    const row = await database().selectFrom("job").selectAll().executeTakeFirstOrThrow();
    expect(row).toMatchObject({
      job_id: 9_223_372_036_854_775_807n,
      cluster: "fritz",
      subcluster: "spr",
      submit_time: 1_759_999_000n,
      start_time: 1_760_000_000n,
      hpc_user: "k106eb10",
      project: "k106eb",
      cluster_partition: "singlenode",
      array_job_id: 7n,
      duration: 0n,
      walltime: 86_340n,
      job_state: "running",
      meta_data: job.metaData,
      resources: [{ hostname: "f0720", hwthreads: [0, 1, 2, 3] }],
      num_nodes: 1,
      num_hwthreads: 72,
      num_acc: 0,
      smt: 2,
      shared: "multi_user",
      monitoring_status: 1,
      energy: 1.5,
      energy_footprint: { cpu: 3 },
      footprint: { flops_any: 12.25 },
      requested_memory: 256_000n,
      concurrent_jobs: { count: 1, items: [{ id: "1", jobId: "9007199254740993" }] },
      statistics: job.statistics,
      event_time: 1_760_000_000_123_456_789n,
      stop_time: null,
      stop_source: null,
    });
  });

  test("with its tags, which several jobs share", async () => {
    const tag = { type: "arch", name: "gpu", scope: "global" };
    await apply([start({ jobId: 1n, tags: [tag] }), start({ jobId: 2n, tags: [tag, tag] })]);
    await apply([start({ jobId: 2n, tags: [tag] })]);
    const links = await database()
      .selectFrom("jobtag")
      .innerJoin("job", "job.id", "jobtag.job_id")
      .innerJoin("tag", "tag.id", "jobtag.tag_id")
      .select(["job.job_id", "tag_type", "tag_name", "tag_scope"])
      .orderBy("job.job_id")
      .execute();
    const stored = { tag_type: "arch", tag_name: "gpu", tag_scope: "global" };
    expect(links).toEqual([
      { job_id: 1n, ...stored },
      { job_id: 2n, ...stored },
    ]);
  });
});

describe("a stop ends its run", () => {
  const done = { job_state: "completed", duration: 3_600n, stop_time: 1_760_003_600n, stop_source: "event" };

  test.each([
    ["with the start in one batch", [[start(), stop()]]],
    ["in a batch after the start", [[start()], [stop()]]],
    ["in a batch before the start", [[stop()], [start()]]],
    ["sent twice, before and after", [[stop(), stop()], [start(), start()], [stop()]]],
  ])("%s", async (_, batches) => {
    for (const batch of batches) await apply(batch);
    const rows = await database().selectFrom("job").selectAll().execute();
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject(done);
    expect(await database().selectFrom("parked_stop").selectAll().execute()).toEqual([]);
  });

  test("without cluster and start time", async () => {
    await apply([start({ startTime: 1_759_000_000 }), start(), start({ startTime: 1_761_000_000 })]);
    await apply([stop({ cluster: undefined })]);
    const stopped = await database()
      .selectFrom("job")
      .selectAll()
      .where("stop_source", "=", "event")
      .execute();
    expect(stopped).toHaveLength(1);
    expect(stopped[0]).toMatchObject({ start_time: 1_760_000_000n, ...done });
  });
});
