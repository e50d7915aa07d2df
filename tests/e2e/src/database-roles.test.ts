import { expect, test, vi } from "vitest";
import { ccingest } from "./testing/ccingest.js";
import { nodesLine, startLine, stopLine } from "./testing/fixtures.js";
import { until } from "./testing/service-process.js";
import { JOBS, NODES, useStack } from "./testing/stack.js";

const stack = useStack();
const T = 1_760_000_000;

test("services that own nothing do all their work, dead letters are replayed by one that owns nothing, and readers look", async () => {
  const { db, env, readerUrl, running, publish, drained } = stack();
  const services = await Promise.all([running("ingest-jobs"), running("ingest-nodestate")]);
  await publish(JOBS, [startLine(1, T), "broken", startLine(2, T, { cluster: "" })].join("\n"));
  await publish(JOBS, stopLine(1, T + 60));
  await publish(NODES, nodesLine(T, ["f0101"]));
  await publish(NODES, nodesLine(T + 86_400, ["f0101"]));
  await drained("ingest-jobs");
  await drained("ingest-nodestate");
  expect(await db.selectFrom("job").select("job_state").execute()).toEqual([{ job_state: "completed" }]);
  expect(await db.selectFrom("node_state").select("time_stamp").execute()).toHaveLength(2);

  const reader = { ...env, DATABASE_URL: readerUrl };
  for (const args of [["status"], ["dead-letters", "list"], ["dead-letters", "show", "1"]])
    expect(await ccingest(args, reader)).toMatchObject({ code: 0 });
  expect(await ccingest(["dead-letters", "replay", "1"], env)).toMatchObject({
    stdout: expect.stringContaining("refused"),
  });
  expect(await ccingest(["dead-letters", "discard", "1"], env)).toMatchObject({ code: 0 });
  for (const service of services) {
    service.kill("SIGTERM");
    expect(await service.exit).toBe(0);
  }
});

test.each([
  ["a service may not migrate", ["migrate"], "url"],
  ["a reader may not discard", ["dead-letters", "discard", "--all"], "readerUrl"],
] as const)("%s: one line that names the role, and exit code 3", async (_, args, which) => {
  const { db, env, readerUrl } = stack();
  const before = await db.selectFrom("dead_letter").select(["id", "status"]).orderBy("id").execute();
  const url = which === "url" ? (env["DATABASE_URL"] ?? "") : readerUrl;
  const { code, stderr } = await ccingest(args, { ...env, DATABASE_URL: url });
  expect(stderr).toMatch(/does not let this login do that: permission denied.*cc_ingest_owner/);
  expect([code, stderr.trimEnd().split("\n").length]).toEqual([3, 1]);
  expect(stderr).not.toContain(new URL(url).password);
  expect(await db.selectFrom("dead_letter").select(["id", "status"]).orderBy("id").execute()).toEqual(before);
});

test("a service whose login may not write ends with 3 and says what it lacks; its messages stay", async () => {
  const { readerUrl, publish, start, jsm } = stack();
  await publish(JOBS, startLine(50, T));
  const service = start("ingest-jobs", { DATABASE_URL: readerUrl });
  expect(await service.exit).toBe(3);
  expect(service.log.at(-1)).toMatchObject({
    level: "fatal",
    msg: expect.stringContaining("permission denied for table"),
  });
  await vi.waitFor(async () => {
    const { num_pending, num_ack_pending } = await jsm.consumers.info("CC_JOB", "ingest-jobs");
    expect(num_pending + num_ack_pending).toBe(1);
  }, until);
  expect(
    await stack()
      .db.selectFrom("dead_letter")
      .select("id")
      .where("reason", "=", "database_refused")
      .execute(),
  ).toEqual([]);
});
