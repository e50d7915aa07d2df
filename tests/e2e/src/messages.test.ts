import { expect, test, vi } from "vitest";
import { fixture, nodesLine, startLine, stopLine } from "./testing/fixtures.js";
import { until } from "./testing/service-process.js";
import { JOBS, NODES, useStack } from "./testing/stack.js";

const stack = useStack();
const T = 1_760_000_000;

test("the documented messages, published by a plain NATS client, become the right rows", async () => {
  const { running, nats, db } = stack();
  await running("ingest-jobs");
  await running("ingest-nodestate");
  nats.publish(JOBS, fixture("documented-start"));
  nats.publish(JOBS, fixture("documented-stop"));
  nats.publish(NODES, fixture("documented-nodestate"));
  const job = await vi.waitFor(
    () => db.selectFrom("job").selectAll().where("job_state", "=", "completed").executeTakeFirstOrThrow(),
    until,
  );
  expect(job).toMatchObject({
    job_id: 1001n,
    cluster: "fritz",
    subcluster: "spr",
    hpc_user: "testuser",
    project: "myproject",
    cluster_partition: "normal",
    shared: "none",
    num_nodes: 2,
    num_hwthreads: 128,
    walltime: 86_400n,
    start_time: 1_234_567_890n,
    stop_time: 1_234_569_000n,
    duration: 1_110n,
    resources: [{ hostname: "node01" }, { hostname: "node02" }],
  });
  await stack().drained("ingest-nodestate");
  const nodes = await db.selectFrom("node").selectAll().orderBy("hostname").execute();
  expect(nodes).toMatchObject([
    { hostname: "node01", cluster: "fritz", node_state: "idle", time_stamp: 1_234_567_890n },
    {
      hostname: "node02",
      node_state: "allocated",
      cpus_allocated: 128,
      memory_allocated: 256_000n,
      gpus_allocated: 4,
      jobs_running: 1,
    },
  ]);
  expect(await db.selectFrom("node_state").selectAll().execute()).toHaveLength(2);
});

test("the Slurm adapter's messages become a completed job, its multi-line script intact", async () => {
  const { running, nats, drained, db } = stack();
  await running("ingest-jobs");
  nats.publish(JOBS, fixture("adapter-start"));
  nats.publish(JOBS, fixture("adapter-stop"));
  await nats.flush();
  await drained("ingest-jobs");
  const job = await db
    .selectFrom("job")
    .selectAll()
    .where("job_id", "=", 1_403_244n)
    .executeTakeFirstOrThrow();
  expect(job).toMatchObject({
    job_state: "completed",
    duration: 3_600n,
    stop_source: "event",
    hpc_user: "k106eb10",
  });
  expect((job.meta_data as { jobScript: string }).jobScript).toBe(
    [
      "#!/bin/bash -l",
      "#SBATCH --job-name=lbm",
      'module load intel "2021.4"',
      "srun ./lbm.exe > out.log 2>&1",
      "printf '%s\\n' done",
      "",
    ].join("\n"),
  );
});

test("a stop published before its start, and both published twice, end in one completed job", async () => {
  const { running, publish, drained, db } = stack();
  await running("ingest-jobs");
  const start = startLine(2001, T);
  const stop = stopLine(2001, T + 60);
  await publish(JOBS, stop);
  await drained("ingest-jobs");
  const parked = await db.selectFrom("parked_stop").selectAll().execute();
  expect(parked).toMatchObject([{ job_id: 2001n, reason: "no_run" }]);
  for (const message of [start, start, stop]) await publish(JOBS, message);
  await drained("ingest-jobs");
  const jobs = await db.selectFrom("job").selectAll().where("job_id", "=", 2001n).execute();
  expect(jobs).toMatchObject([{ job_state: "completed", duration: 60n }]);
  expect(await db.selectFrom("parked_stop").selectAll().execute()).toEqual([]);
});

test("a malformed line among three: two applied, one dead letter with its bytes, line number and reason", async () => {
  const { running, publish, drained, db } = stack();
  await running("ingest-jobs");
  const bad = "job,function=start_job event={unquoted} 1760000000000000000";
  await publish(JOBS, `${startLine(3001, T)}\n${bad}\n${startLine(3002, T)}\n`);
  await drained("ingest-jobs");
  const jobs = await db.selectFrom("job").select("job_id").where("job_id", "in", [3001n, 3002n]).execute();
  expect(jobs).toHaveLength(2);
  const letters = await db.selectFrom("dead_letter").selectAll().execute();
  expect(letters).toMatchObject([
    { line_number: 2, subject: JOBS, stream: "CC_JOB", service: "ingest-jobs" },
  ]);
  expect(letters[0]?.raw.toString()).toBe(bad);
  expect(letters[0]?.reason).toMatch(/^[a-z_]+$/);
  expect(letters[0]?.message).toMatch(/^column \d+: \S/);
});

test("a node report sent twice and one for another service leave one row and one dead letter", async () => {
  const { running, publish, drained, db } = stack();
  await running("ingest-nodestate");
  const report = nodesLine(T, ["f0101"]);
  for (const message of [report, report, startLine(1, T)]) await publish(NODES, message);
  await drained("ingest-nodestate");
  const rows = await db.selectFrom("node_state").selectAll().where("time_stamp", "=", BigInt(T)).execute();
  expect(rows).toHaveLength(1);
  const letters = await db.selectFrom("dead_letter").selectAll().where("subject", "=", NODES).execute();
  expect(letters).toMatchObject([{ reason: "unsupported_event", service: "ingest-nodestate" }]);
});
