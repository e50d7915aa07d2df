import { sql } from "kysely";
import { expect, test, vi } from "vitest";
import { startLine, stopLine } from "./testing/fixtures.js";
import { runsOf as runs } from "./testing/runs-of.js";
import { until } from "./testing/service-process.js";
import { JOBS, useStack } from "./testing/stack.js";

const stack = useStack();
const T = 1_760_000_000;

const runsOf = (jobId: number) => runs(stack().db, jobId);

const lettersOf = (reason: string) =>
  stack().db.selectFrom("dead_letter").selectAll().where("reason", "=", reason).execute();

/** What has gone out on the lifecycle stream about one job. */
async function lifecycleOf(jobId: number) {
  const { jsm } = stack();
  const { state } = await jsm.streams.info("CC_LIFECYCLE");
  const told: Record<string, unknown>[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
    const stored = await jsm.streams.getMessage("CC_LIFECYCLE", { seq });
    if (stored === null) continue;
    const { runs: those, ...common } = stored.json<{ runs: readonly object[] }>();
    for (const run of those) told.push({ subject: stored.subject, ...common, ...run });
  }
  return told.filter((run) => run["jobId"] === jobId);
}

test("a stop with a start time ends that run and no other; without, the latest that began before it", async () => {
  const { running, publish, drained } = stack();
  await running("ingest-jobs");
  for (const time of [T, T + 100, T + 200]) await publish(JOBS, startLine(1, time));
  await publish(JOBS, stopLine(1, T + 150, { startTime: T }));
  await publish(JOBS, stopLine(1, T + 190, { cluster: undefined }));
  await drained("ingest-jobs");
  expect(await runsOf(1)).toMatchObject([
    { stop_time: BigInt(T + 150), stop_source: "event" },
    { stop_time: BigInt(T + 190), stop_source: "event" },
    { stop_time: null, job_state: "running" },
  ]);
});

test("a stop without a state completes the job; one before its start is refused", async () => {
  const { running, publish, drained } = stack();
  await running("ingest-jobs");
  await publish(JOBS, startLine(11, T));
  await publish(JOBS, stopLine(11, T + 5, { jobState: undefined }));
  await publish(JOBS, stopLine(11, T - 5, { startTime: T }));
  await drained("ingest-jobs");
  expect(await runsOf(11)).toMatchObject([{ job_state: "completed", duration: 5n }]);
  expect(await lettersOf("stop_before_start")).toHaveLength(1);
});

test("a run that a later one supersedes ends there, until its own stop arrives", async () => {
  const { running, publish, drained } = stack();
  await running("ingest-jobs");
  for (const message of [startLine(21, T), startLine(21, T + 100)]) await publish(JOBS, message);
  await drained("ingest-jobs");
  expect(await runsOf(21)).toMatchObject([
    { stop_source: "superseded", duration: 100n, job_state: "preempted" },
    { job_state: "running" },
  ]);
  await publish(JOBS, stopLine(21, T + 90, { jobState: "failed" }));
  await drained("ingest-jobs");
  expect(await runsOf(21)).toMatchObject([
    { stop_source: "event", duration: 90n, job_state: "failed" },
    { job_state: "running" },
  ]);
});

test("with a duplicate window the later start is refused, in whatever order the two arrive", async () => {
  const { running, publish, drained } = stack();
  await running("ingest-jobs", { INGEST_DUPLICATE_WINDOW_SECONDS: "86400" });
  await publish(JOBS, startLine(31, T));
  await publish(JOBS, startLine(31, T + 86_399));
  await publish(JOBS, startLine(32, T + 3_600));
  await publish(JOBS, stopLine(32, T + 7_200));
  await drained("ingest-jobs");
  expect(await runsOf(32)).toMatchObject([{ start_time: BigInt(T + 3_600), duration: 3_600n }]);
  await publish(JOBS, startLine(32, T));
  await publish(JOBS, startLine(31, T + 86_400));
  await drained("ingest-jobs");
  expect((await runsOf(31)).map((run) => run.start_time)).toEqual([BigInt(T), BigInt(T + 86_400)]);
  expect(await runsOf(32)).toMatchObject([{ start_time: BigInt(T), duration: 7_200n }]);
  const letters = await lettersOf("duplicate_job");
  expect(letters.map(({ raw }) => raw.toString()).toSorted()).toEqual(
    [startLine(31, T + 86_399), startLine(32, T + 3_600)].toSorted(),
  );
  expect(letters[0]).toMatchObject({ stream: "CC_JOB", subject: JOBS, line_number: 1 });
  expect(letters[0]?.message).toContain("less than 86400 s after another run");
});

test("a start that the duplicate window refused stands after all when what refused it is refused itself", async () => {
  const { running, publish, drained, db } = stack();
  await running("ingest-jobs", { INGEST_DUPLICATE_WINDOW_SECONDS: "100" });
  const refusedFirst = startLine(33, T + 150, { smt: 2 });
  for (const message of [startLine(33, T + 80), refusedFirst, stopLine(33, T + 200)])
    await publish(JOBS, message);
  await drained("ingest-jobs");
  expect(await runsOf(33)).toMatchObject([{ start_time: BigInt(T + 80), duration: 120n }]);
  await publish(JOBS, startLine(33, T));
  await drained("ingest-jobs");
  expect(await runsOf(33)).toMatchObject([
    { start_time: BigInt(T), stop_source: "superseded", duration: 150n },
    { start_time: BigInt(T + 150), smt: 2, stop_source: "event", duration: 50n },
  ]);
  const kept = db.selectFrom("start_message").where("job_id", "=", 33n).orderBy("start_time");
  expect(await kept.select(["start_time", "refused"]).execute()).toEqual([
    { start_time: BigInt(T), refused: false },
    { start_time: BigInt(T + 80), refused: true },
    { start_time: BigInt(T + 150), refused: false },
  ]);
  const letters = (await lettersOf("duplicate_job")).map(({ raw }) => raw.toString());
  expect(letters).toContain(startLine(33, T + 80));
  expect(letters).not.toContain(refusedFirst);
  expect((await lifecycleOf(33)).at(-1)).toMatchObject({
    event: "stopped",
    startTime: T + 150,
    duration: 50,
  });
});

test("each run that starts or stops is told on the lifecycle stream, before its message is acknowledged", async () => {
  const { running, publish, drained } = stack();
  const service = await running("ingest-jobs");
  await publish(JOBS, stopLine(41, T + 60));
  await publish(JOBS, startLine(41, T));
  await publish(JOBS, startLine(41, T));
  await drained("ingest-jobs");
  const started = {
    subject: "cc.lifecycle.job.fritz.started",
    event: "started",
    cluster: "fritz",
    startTime: T,
  };
  const stopped = {
    subject: "cc.lifecycle.job.fritz.stopped",
    stopTime: T + 60,
    duration: 60,
    stopSource: "event",
  };
  expect(await lifecycleOf(41)).toMatchObject([started, stopped]);

  // Without the stream nothing is acknowledged, and nothing is lost.
  const { jsm } = stack();
  const { config } = await jsm.streams.info("CC_LIFECYCLE");
  await jsm.streams.delete("CC_LIFECYCLE");
  await publish(JOBS, startLine(42, T));
  await service.logged("batch not finished, trying again");
  expect((await service.get("/readyz")).body).toContain(
    "no stream stores the subject cc.lifecycle.job.fritz",
  );
  expect(await runsOf(42)).toHaveLength(1);
  expect((await jsm.consumers.info("CC_JOB", "ingest-jobs")).num_ack_pending).toBe(1);
  await jsm.streams.add(config);
  await drained("ingest-jobs");
  expect(await lifecycleOf(42)).toMatchObject([started]);
});

test("what was committed by a process that died before it could tell is told by the next one", async () => {
  const { running, publish, drained, jsm } = stack();
  const env = { INGEST_JOBS_ACK_WAIT_SECONDS: "5" };
  const first = await running("ingest-jobs", env);
  const { config } = await jsm.streams.info("CC_LIFECYCLE");
  await jsm.streams.delete("CC_LIFECYCLE");
  await publish(JOBS, `${startLine(51, T)}\n${stopLine(51, T + 60)}`);
  await first.logged("batch not finished, trying again");
  expect(await runsOf(51)).toMatchObject([{ job_state: "completed" }]);
  first.kill("SIGKILL");
  await first.exit;
  await jsm.streams.add(config);
  await running("ingest-jobs", env);
  await drained("ingest-jobs");
  expect(await lifecycleOf(51)).toMatchObject([{ event: "started" }, { event: "stopped", stopTime: T + 60 }]);
});

test("lifecycle events can be turned off", async () => {
  const { running, publish, drained } = stack();
  await running("ingest-jobs", { INGEST_LIFECYCLE_EVENTS: "off" });
  await publish(JOBS, startLine(61, T));
  await drained("ingest-jobs");
  expect(await lifecycleOf(61)).toEqual([]);
});

test("while messages wait to be applied the walltime reaper goes by the stream's time, since the stop may be among them", async () => {
  const { running, publish, drained, db } = stack();
  const first = await running("ingest-jobs");
  await publish(JOBS, startLine(81, T));
  await drained("ingest-jobs");
  first.kill("SIGTERM");
  expect(await first.exit).toBe(0);
  const now = async (): Promise<number> => {
    const { rows } = await sql<{ now: bigint }>`SELECT extract(epoch FROM now())::bigint AS now`.execute(db);
    return Number(rows[0]?.now);
  };
  const reaped = (jobId: number) =>
    vi.waitFor(async () => expect(await runsOf(jobId)).toMatchObject([{ stop_source: "walltime" }]), until);
  const other = await db.startTransaction().execute();
  try {
    await sql`SELECT FROM job WHERE job_id = 81 FOR UPDATE`.execute(other);
    await publish(JOBS, stopLine(81, T + 60));
    await running("ingest-jobs", { JOB_WALLTIME_GRACE_SECONDS: "1", INGEST_JOBS_BATCH_SIZE: "1" });
    const begin = await now();
    await publish(JOBS, startLine(82, begin, { walltime: 5 }));
    await vi.waitFor(async () => expect(await runsOf(82)).toHaveLength(1), until);
    await vi.waitFor(async () => expect(await now()).toBeGreaterThan(begin + 7), until);
    // One that is overdue by both times, and is not told by a message: when it is closed the reaper has looked.
    await sql`INSERT INTO job (job_id, cluster, subcluster, start_time, hpc_user, project, cluster_partition, walltime,
        job_state, resources, num_nodes, event_time, start_digest)
      VALUES (83, 'fritz', '', ${T}::bigint, 'u', '', '', 600, 'running', '[]', 1, 0, 0)`.execute(db);
    await reaped(83);
    expect(await runsOf(82)).toMatchObject([{ job_state: "running" }]);
  } finally {
    await other.commit().execute();
  }
  await reaped(82);
  expect(await runsOf(81)).toMatchObject([{ stop_source: "event", duration: 60n }]);
});

test("a stop that has waited too long for its start is reported, kept, and applied when the start comes", async () => {
  const { running, publish, drained } = stack();
  const service = await running("ingest-jobs", { INGEST_OVERDUE_STOP_SECONDS: "1" });
  await publish(JOBS, stopLine(71, T + 60));
  const line = await service.logged("stops wait for starts");
  expect(line).toMatchObject({ stops: 1, oldestJobIds: ["71"], level: "warn" });
  await vi.waitFor(async () => {
    expect((await service.get("/metrics")).body).toMatch(
      /^ingest_overdue_stops\{service="ingest-jobs"[^}]*\} 1$/m,
    );
  }, until);
  await publish(JOBS, startLine(71, T));
  await drained("ingest-jobs");
  expect(await runsOf(71)).toMatchObject([{ job_state: "completed", duration: 60n }]);
});
