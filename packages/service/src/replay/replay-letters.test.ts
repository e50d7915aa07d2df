import { findLetters, readLetters } from "@cc-ingest/database";
import { PublishError } from "@cc-ingest/jetstream";
import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import type { Input } from "../decode-batch.js";
import { deliveryOf } from "../testing/delivery.js";
import { useStage } from "../testing/replay-stage.js";

const stage = useStage();
const JOBS = "ingest-jobs";
const NODES = "ingest-nodestate";
const T = 1_760_000_000;

const escaped = (event: object) => JSON.stringify(event).replaceAll(/[\\"]/g, "\\$&");
/** Lines without a time of their own: theirs is the stream's. */
const startLine = (jobId: number, startTime = T, more: object = {}) =>
  `job,function=start_job event="${escaped({ cluster: "fritz", user: "u", numNodes: 1, resources: [{ hostname: "f0101" }], jobId, startTime, ...more })}"`;
const stopLine = (jobId: number, stopTime = T + 60) =>
  `job,function=stop_job event="${escaped({ jobId, stopTime })}"`;
const nodesLine = (hostname: string) =>
  `nodestate event="${escaped({ cluster: "fritz", nodes: [{ hostname, states: ["idle"] }] })}"`;

let sequence = 1;
const messageOf = (text: string): Input =>
  deliveryOf(text, {
    sequence: sequence++,
    storedAt: 1_760_000_000_000_000_000n + BigInt(sequence) * 1_001n,
  });

/** What the tables hold of jobs and nodes, without the numbers of rows. */
async function tables() {
  const { db } = stage();
  const { rows: jobs } =
    await sql`SELECT to_jsonb(job) - 'id' AS row FROM job ORDER BY job_id, start_time`.execute(db);
  const { rows: nodes } = await sql`SELECT to_jsonb(node) - 'id' AS row FROM node ORDER BY hostname`.execute(
    db,
  );
  const { rows: states } =
    await sql`SELECT to_jsonb(s) - 'node_id' AS row FROM node_state AS s ORDER BY time_stamp, time_ns`.execute(
      db,
    );
  return { jobs, nodes, states };
}
const outcomesOf = (results: readonly { outcome: string }[]) => results.map(({ outcome }) => outcome);
const letters = () => stage().db.selectFrom("dead_letter").selectAll().orderBy("id").execute();
const actions = () => stage().db.selectFrom("dead_letter_action").selectAll().orderBy("id").execute();

test("what is refused and replayed gives the same tables as what is applied at once, to the nanosecond", async () => {
  const jobs = [
    messageOf(`${startLine(1)}\n${startLine(2)}`),
    messageOf(stopLine(1)),
    messageOf(startLine(1, T + 600)),
  ];
  const nodes = [messageOf(nodesLine("f0101")), messageOf(nodesLine("f0102"))];
  await stage().serve(JOBS, jobs);
  await stage().serve(NODES, nodes);
  const expected = await tables();
  expect([expected.jobs.length, expected.nodes.length]).toEqual([3, 2]);

  await stage().clear();
  await stage().serve(JOBS, jobs, true);
  await stage().serve(NODES, nodes, true);
  expect((await tables()).jobs).toEqual([]);
  expect(outcomesOf(await stage().replayAll())).toEqual(Array.from({ length: 6 }, () => "applied"));
  expect(await tables()).toEqual(expected);
  expect(stage().announced.map(({ what }) => what)).toContain("started");

  // Twice equals once.
  await sql`UPDATE dead_letter SET status = 'open'`.execute(stage().db);
  await stage().replayAll();
  expect(await tables()).toEqual(expected);
  expect((await letters()).map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => "replayed"));
});

test("two people replay the same at the same time: each is applied once, and recorded once", async () => {
  const { db, serve, replayer } = stage();
  await serve(
    JOBS,
    Array.from({ length: 60 }, (_, index) => messageOf(startLine(index + 1))),
    true,
  );
  const found = await findLetters(db, {}, { order: "oldest first", limit: 100 });
  const all = (
    await readLetters(
      db,
      found.map(({ id }) => id),
    )
  ).map((letter) => ({ letter, edited: undefined }));
  const by = async (name: string, pageSize: number) => {
    const person = replayer({ actor: { name, build: "test" } });
    const outcomes: string[] = [];
    for (let i = 0; i < all.length; i += pageSize)
      outcomes.push(...outcomesOf(await person.replay(all.slice(i, i + pageSize))));
    return outcomes;
  };
  const [alice, bob] = await Promise.all([by("alice", 7), by("bob", 10)]);
  const applied = [...alice, ...bob].filter((outcome) => outcome === "applied");
  const answered = [...alice, ...bob].filter((outcome) => outcome === "answered");
  expect([applied.length, answered.length]).toEqual([60, 60]);
  expect((await tables()).jobs).toHaveLength(60);
  const trail = await actions();
  expect(trail.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 60 }, () => "applied"));
  expect(new Set(trail.map(({ stream_sequence }) => stream_sequence)).size).toBe(60);
  expect(new Set((await letters()).map(({ status }) => status))).toEqual(new Set(["replayed"]));
});

test("starts that are replayed while the service applies their stops end as completed jobs", async () => {
  const { serve, replayAll, db } = stage();
  for (let round = 0; round < 20; round++) {
    const jobIds = Array.from({ length: 20 }, (_, index) => round * 100 + index + 1);
    await serve(
      JOBS,
      jobIds.map((jobId) => messageOf(startLine(jobId))),
      true,
    );
    const stops = jobIds.map((jobId) => messageOf(stopLine(jobId)));
    await Promise.all([replayAll(), serve(JOBS, stops.slice(0, 10)), serve(JOBS, stops.slice(10))]);
  }
  const jobs = await db.selectFrom("job").select(["job_state", "duration"]).execute();
  expect(jobs).toEqual(Array.from({ length: 400 }, () => ({ job_state: "completed", duration: 60n })));
  expect(await db.selectFrom("parked_stop").selectAll().execute()).toEqual([]);
});

test("a replay that can't tell of its runs is not over: the next one tells, and applies nothing twice", async () => {
  const { serve, replayer, replayAll, announced } = stage();
  await serve(JOBS, [messageOf(startLine(1))], true);
  const mute = replayer({
    announce: async () => {
      throw new PublishError("no broker");
    },
  });
  await expect(replayAll(mute)).rejects.toBeInstanceOf(PublishError);
  expect(await letters()).toMatchObject([{ status: "replaying" }]);
  expect(outcomesOf(await replayAll())).toEqual(["applied"]);
  expect(announced).toMatchObject([{ jobId: 1n, what: "started" }]);
  expect(await letters()).toMatchObject([{ status: "replayed" }]);
  expect((await tables()).jobs).toHaveLength(1);
});

test("a message that comes again after the replay of its line changes nothing", async () => {
  const { serve, replayAll } = stage();
  const message = messageOf(startLine(1));
  await serve(JOBS, [message], true);
  await replayAll();
  const before = await tables();
  await serve(JOBS, [message], true);
  await serve(JOBS, [message]);
  expect(await tables()).toEqual(before);
  expect(await letters()).toMatchObject([{ status: "replayed" }]);
});

test("a whole message: its good lines are applied, its bad ones get dead letters of their own", async () => {
  const { serve, replayAll, db } = stage();
  await serve(JOBS, [messageOf(`${startLine(1)}\nbroken\n${startLine(2)}`)], true);
  const whole = Buffer.from(`${startLine(1)}\nbroken\n${startLine(2)}`);
  await sql`DELETE FROM dead_letter WHERE line_number > 1`.execute(db);
  await sql`UPDATE dead_letter SET line_number = 0, raw = ${whole}, reason = 'crashes_service'`.execute(db);
  expect(outcomesOf(await replayAll())).toEqual(["applied"]);
  expect((await tables()).jobs).toHaveLength(2);
  expect(await letters()).toMatchObject([
    { line_number: 0, status: "replayed" },
    { line_number: 2, status: "open", raw: Buffer.from("broken") },
  ]);
});

test("a line that was not the first of its message is refused again under its own number", async () => {
  const { serve, replayAll } = stage();
  await serve(JOBS, [messageOf(`${startLine(1)}\n\nbroken`)]);
  expect(await replayAll()).toMatchObject([{ outcome: "refused", reason: "invalid_tag_key" }]);
  expect(await letters()).toMatchObject([{ line_number: 3, status: "open" }]);
});

test("many that the database refuses again do not pass for a fault of ours, and keep no other one back", async () => {
  const { db, serve, replayAll } = stage();
  const users = Array.from({ length: 12 }, (_, index) => (index === 5 ? "fine" : "refused"));
  await serve(
    JOBS,
    users.map((user, index) => messageOf(startLine(index + 1, T, { user }))),
    true,
  );
  await sql`ALTER TABLE job ADD CONSTRAINT no_such_user CHECK (hpc_user <> 'refused')`.execute(db);
  onTestFinished(async () => {
    await sql`ALTER TABLE job DROP CONSTRAINT no_such_user`.execute(db);
  });
  const results = await replayAll();
  expect(outcomesOf(results)).toEqual(users.map((user) => (user === "fine" ? "applied" : "refused")));
  expect(results[0]).toMatchObject({
    reason: "database_refused",
    message: expect.stringContaining("no_such_user"),
  });
  const trail = await actions();
  expect(trail.map(({ outcome }) => outcome)).toEqual(outcomesOf(results));
});

test("what the duplicate window refuses stays open while it does, and is applied when the window is smaller", async () => {
  const { serve, replayer, replayAll } = stage();
  const window = (seconds: number) => replayer({}, { INGEST_DUPLICATE_WINDOW_SECONDS: String(seconds) });
  await serve(JOBS, [messageOf(startLine(1)), messageOf(startLine(1, T + 60))], true);
  expect(outcomesOf(await replayAll(window(100)))).toEqual(["applied", "refused"]);
  for (let again = 0; again < 2; again++)
    expect(await replayAll(window(100))).toMatchObject([{ outcome: "refused", reason: "duplicate_job" }]);
  expect(await letters()).toMatchObject([
    { id: 1n, status: "replayed" },
    { id: 2n, status: "open", reason: "duplicate_job" },
  ]);
  expect((await tables()).jobs).toHaveLength(1);
  expect(outcomesOf(await replayAll(window(30)))).toEqual(["applied"]);
  expect((await tables()).jobs).toHaveLength(2);
  expect(await letters()).toMatchObject([{ status: "replayed" }, { id: 2n, status: "replayed" }]);
});

test("dead letters of a program that is not known are not touched", async () => {
  const { serve, replayAll, db } = stage();
  await serve(JOBS, [messageOf(startLine(1))], true);
  await sql`UPDATE dead_letter SET service = 'rest-api'`.execute(db);
  await expect(replayAll()).rejects.toThrow(/rest-api/);
  expect(await letters()).toMatchObject([{ status: "open" }]);
});
