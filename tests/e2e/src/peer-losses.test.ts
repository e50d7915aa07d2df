import { expect, test, vi } from "vitest";
import { scrape } from "./testing/scrape.js";
import { startLine, stopLine } from "./testing/fixtures.js";
import { runsOf as runs } from "./testing/runs-of.js";
import { until } from "./testing/service-process.js";
import { JOBS, useStack } from "./testing/stack.js";

// What cc-backend's NATS API loses or corrupts of job events, and what becomes of it here.

const stack = useStack();
const T = 1_760_000_000;

async function deliver(...messages: readonly string[]): Promise<void> {
  const { running, publish, drained } = stack();
  const service = await running("ingest-jobs");
  for (const message of messages) await publish(JOBS, message);
  await drained("ingest-jobs");
  service.kill("SIGTERM");
  expect(await service.exit).toBe(0);
}

const runsOf = (jobId: number) => runs(stack().db, jobId);

async function letterWith(text: string) {
  const letters = await stack().db.selectFrom("dead_letter").selectAll().execute();
  return letters.find(({ raw }) => raw.toString() === text);
}

test("messages sent while no service runs are applied when one does", async () => {
  await deliver();
  stack().nats.publish(JOBS, startLine(101, T));
  stack().nats.publish(JOBS, stopLine(101, T + 10));
  await stack().nats.flush();
  await deliver();
  expect(await runsOf(101)).toMatchObject([{ job_state: "completed", duration: 10n }]);
});

test("bad JSON is a dead letter with its bytes, not a log line", async () => {
  const bad = String.raw`job,function=start_job event="{\"jobId\":" ${T}000000000`;
  await deliver(bad);
  expect(await letterWith(bad)).toMatchObject({ reason: "json_syntax", line_number: 1 });
});

test("the stop of an unknown job waits for its start", async () => {
  await deliver(stopLine(301, T + 10));
  const parked = () => stack().db.selectFrom("parked_stop").selectAll().where("job_id", "=", 301n).execute();
  expect(await parked()).toMatchObject([{ reason: "no_run" }]);
  await deliver(startLine(301, T));
  expect(await parked()).toEqual([]);
  expect(await runsOf(301)).toMatchObject([{ job_state: "completed", duration: 10n }]);
});

test("one bad line does not drop the rest of its message", async () => {
  await deliver(`${startLine(401, T)}\nnonsense\n${startLine(402, T)}`);
  expect([...(await runsOf(401)), ...(await runsOf(402))]).toHaveLength(2);
  expect(await letterWith("nonsense")).toMatchObject({ line_number: 2 });
});

test("a stop that overtakes its start ends the job all the same", async () => {
  await deliver(stopLine(501, T + 10), startLine(501, T));
  expect(await runsOf(501)).toMatchObject([{ job_state: "completed", stop_source: "event" }]);
});

test("a job requeued within minutes has two runs, each with its own end", async () => {
  await deliver(
    startLine(601, T),
    startLine(601, T + 300),
    stopLine(601, T + 290, { jobState: "node_fail" }),
    stopLine(601, T + 900),
  );
  expect(await runsOf(601)).toMatchObject([
    { start_time: BigInt(T), job_state: "node_fail", duration: 290n, stop_source: "event" },
    { start_time: BigInt(T + 300), job_state: "completed", duration: 600n, stop_source: "event" },
  ]);
});

test("an earlier run that is told late is no duplicate of the later one", async () => {
  await deliver(startLine(611, T + 300), startLine(611, T));
  expect(await runsOf(611)).toMatchObject([
    { job_state: "preempted", stop_source: "superseded", duration: 300n },
    { job_state: "running" },
  ]);
});

test("tags are stored and linked", async () => {
  await deliver(startLine(701, T, { tags: [{ type: "arch", name: "gpu" }] }));
  const tags = await stack()
    .db.selectFrom("jobtag")
    .innerJoin("tag", "tag.id", "jobtag.tag_id")
    .innerJoin("job", "job.id", "jobtag.job_id")
    .select(["tag_type", "tag_name", "tag_scope"])
    .where("job.job_id", "=", 701n)
    .execute();
  expect(tags).toEqual([{ tag_type: "arch", tag_name: "gpu", tag_scope: "global" }]);
});

test("two hardware threads a core are nothing unusual", async () => {
  await deliver(startLine(711, T, { smt: 2 }));
  expect(await runsOf(711)).toMatchObject([{ smt: 2 }]);
});

test.each([
  ["resources", { resources: [null] }, "resources[0]"],
  ["tags", { tags: [null] }, "tags[0]"],
])("null in %s crashes nothing", async (_, more, place) => {
  const line = startLine(721, T, more);
  await deliver(line);
  expect((await letterWith(line))?.message).toContain(place);
  expect(await runsOf(721)).toEqual([]);
});

test("an empty partition tag is a dead letter that says what to do", async () => {
  const line = stopLine(801, T).replace("stop_job", "stop_job,partition=");
  await deliver(line);
  expect(await letterWith(line)).toMatchObject({
    reason: "missing_tag_value",
    message: expect.stringContaining("leave the tag out"),
  });
});

test("a stop time in milliseconds is refused with a hint, and overflows nothing", async () => {
  const line = stopLine(1001, T * 1000).replace(/ \d+$/, ` ${T}000000000`);
  await deliver(startLine(1001, T), line);
  expect(await letterWith(line)).toMatchObject({
    reason: "looks_like_milliseconds",
    message: expect.stringMatching(/stopTime.*seconds/),
  });
  expect(await runsOf(1001)).toMatchObject([{ job_state: "running" }]);
});

test.each(["jobId", "startTime"])("a start without %s is refused, not stored with 0", async (key) => {
  const line = startLine(1011, T, {}).replace(new RegExp(String.raw`,\\"${key}\\":\d+`), "");
  await deliver(line);
  expect(await letterWith(line)).toMatchObject({
    reason: "missing_key",
    message: expect.stringContaining(key),
  });
  expect(await runsOf(1011)).toEqual([]);
});

test("a job that outlives its walltime without a stop keeps a true duration", async () => {
  const { running, publish, db } = stack();
  const service = await running("ingest-jobs", { JOB_WALLTIME_GRACE_SECONDS: "1" });
  await publish(JOBS, startLine(1101, T, { walltime: 600 }));
  const job = await vi.waitFor(
    () =>
      db
        .selectFrom("job")
        .selectAll()
        .where("job_id", "=", 1101n)
        .where("stop_time", "is not", null)
        .executeTakeFirstOrThrow(),
    until,
  );
  expect(job).toMatchObject({ job_state: "timeout", duration: 600n, stop_source: "walltime" });
  expect((await scrape(service)).of("ingest_jobs_exceeding_walltime_total")).toBe(1);
});
