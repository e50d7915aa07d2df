import { expect, test } from "vitest";
import { startLine } from "./testing/fixtures.js";
import { ownPostgres } from "./testing/own-postgres.js";
import { JOBS, useStack } from "./testing/stack.js";

const stack = useStack();

test("with the database gone nothing is dead-lettered; when it is back everything is applied", async () => {
  const { postgres, db } = await ownPostgres();
  const { running, publish, drained, jsm } = stack();
  const service = await running("ingest-jobs", { DATABASE_URL: postgres.url });
  await publish(JOBS, startLine(1, 1_760_000_000));
  await drained("ingest-jobs");

  await postgres.kill();
  await Promise.all([2, 3, 4].map((jobId) => publish(JOBS, startLine(jobId, 1_760_000_000))));
  await service.logged("batch not finished, trying again");
  expect((await service.get("/readyz")).body).toContain("a batch can't be finished");
  expect((await service.get("/livez")).status).toBe(200);
  expect((await jsm.consumers.info("CC_JOB", "ingest-jobs")).ack_floor.stream_seq).toBe(1);

  await postgres.restart();
  await drained("ingest-jobs");
  const jobs = await db.selectFrom("job").select("job_id").orderBy("job_id").execute();
  expect(jobs.map((row) => row.job_id)).toEqual([1n, 2n, 3n, 4n]);
  expect(await db.selectFrom("dead_letter").selectAll().execute()).toEqual([]);
  await service.ready();
});
