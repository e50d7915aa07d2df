import { expect, test, vi } from "vitest";
import { startLine } from "./testing/fixtures.js";
import { noted } from "./testing/noted.js";
import { until } from "./testing/service-process.js";
import { useStack } from "./testing/stack.js";

const stack = useStack();
const T = 1_760_000_000;
const FLOOD = 120;

test("a flood of one cluster's events keeps no other cluster waiting, and every event of it becomes a row", async () => {
  const { db, jsm, publish, running, drained } = stack();
  const service = await running("ingest-jobs", {
    SUBJECT_JOB_EVENT: "cc.job.event.*",
    INGEST_SUBJECT_RATE_LIMIT: "30",
  });
  const jobsOf = async (cluster: string) =>
    await db.selectFrom("job").select("job_id").where("cluster", "=", cluster).execute();
  for (let id = 1; id <= FLOOD; id++)
    await publish("cc.job.event.alpha", startLine(id, T, { cluster: "alpha" }));
  await publish("cc.job.event.beta", startLine(1, T, { cluster: "beta" }));
  await vi.waitFor(async () => expect(await jobsOf("beta")).toHaveLength(1), until);
  const meanwhile = await jobsOf("alpha");
  expect(meanwhile.length).toBeLessThan(FLOOD);
  expect((await service.get("/readyz")).status).toBe(200);
  await vi.waitFor(async () => expect(await jobsOf("alpha")).toHaveLength(FLOOD), until);
  await drained("ingest-jobs");
  await noted(db, jsm, "CC_JOB", "ingest-jobs");

  expect(await db.selectFrom("dead_letter").select("id").execute()).toEqual([]);
  const { body } = await service.get("/metrics");
  expect(body).toMatch(
    /^ingest_messages_settled_total\{service="ingest-jobs",[^}]*outcome="put_off"\} [1-9]/m,
  );
  expect(body).toMatch(
    new RegExp(`^ingest_messages_settled_total\\{[^}]*outcome="acked"\\} ${FLOOD + 1}$`, "m"),
  );
  const said = service.log.filter(({ msg }) => String(msg).includes("subject-rate-limit"));
  expect(said).toMatchObject([{ level: "warn", subject: "cc.job.event.alpha", perSecond: 30 }]);
  expect(service.log.filter(({ msg }) => String(msg).includes("alone"))).toEqual([]);
});
