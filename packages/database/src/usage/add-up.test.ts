import fc from "fast-check";
import { sql } from "kysely";
import { beforeEach, expect, test } from "vitest";
import { withAdvisoryLock } from "../advisory-lock.js";
import type { Database } from "../connection/connect.js";
import { applyJobEvents } from "../jobs/apply.js";
import type { JobEvent } from "../jobs/model.js";
import { useEmptyTables } from "../testing/database.js";
import { start, stop } from "../testing/job-samples.js";
import { midnight } from "../testing/node-days.js";
import { addUpUsage } from "./add-up.js";

const database = useEmptyTables();
const DAY = 86_400;
const parts = ["all", "user", "project"] as const;

let today: number;
beforeEach(async () => {
  today = await midnight(database());
});

async function apply(events: readonly JobEvent[], db: Database = database()): Promise<void> {
  await db.transaction().execute((trx) => applyJobEvents(trx, events));
}

interface Used {
  readonly name: string;
  readonly seconds: number;
  readonly jobs: bigint;
}

/** What the function says of a range, and what the jobs say, one by one and at the same moment. */
async function ask(cluster: string, from: number, to: number, part: (typeof parts)[number]) {
  const moment = database().transaction().setIsolationLevel("repeatable read");
  return await moment.execute(async (trx) => {
    const { rows: told } = await sql<Used>`SELECT name, round(node_hours * 3600)::float8 AS seconds, jobs
      FROM node_hours(${cluster}, ${from}, ${to}, ${part})`.execute(trx);
    const jobs = await trx
      .selectFrom("job")
      .select(["hpc_user", "project", "num_nodes", "start_time", "stop_time"])
      .select(sql<bigint>`extract(epoch FROM now())::bigint`.as("now"))
      .where("cluster", "=", cluster)
      .execute();
    const used = new Map<string, { seconds: number; jobs: bigint }>();
    for (const job of jobs) {
      const began = Number(job.start_time);
      const ended = Number(job.stop_time ?? job.now);
      if (began >= to || (job.stop_time !== null && ended < from)) continue;
      const name = part === "user" ? job.hpc_user : part === "project" ? job.project : "";
      const so = used.get(name) ?? { seconds: 0, jobs: 0n };
      so.seconds += job.num_nodes * Math.max(0, Math.min(ended, to) - Math.max(began, from));
      so.jobs++;
      used.set(name, so);
    }
    const expected = [...used].map(([name, { seconds, jobs: count }]) => ({
      name,
      seconds,
      jobs: count,
    }));
    return { told: byName(told), expected: byName(expected) };
  });
}

function byName(rows: readonly Used[]): Used[] {
  return rows.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Seconds before today's midnight: days gone by, and their very beginnings and ends. */
const anyTime = fc
  .tuple(fc.integer({ min: -9, max: -1 }), fc.constantFrom(0, 1, 43_200, DAY - 1))
  .map(([day, second]) => day * DAY + second);
const anyLength = fc.constantFrom(0, 1, 5_000, DAY - 1, DAY, DAY + 1, 3 * DAY);
const anyJob = fc.record({
  jobId: fc.constantFrom(1n, 2n, 3n, 4n, 5n),
  began: anyTime,
  length: fc.option(anyLength, { nil: undefined, freq: 4 }),
  stopFirst: fc.boolean(),
  user: fc.constantFrom("anna", "bert"),
  project: fc.constantFrom("p", ""),
  numNodes: fc.constantFrom(1, 7),
});
const anyStep = fc.oneof(
  { weight: 3, arbitrary: fc.array(anyJob, { minLength: 1, maxLength: 4 }) },
  { weight: 1, arbitrary: fc.constantFrom("add up", "delete one") },
);
const anyRange = fc.tuple(anyTime, fc.constantFrom(0, 1, DAY, 4 * DAY, 11 * DAY));

test("node_hours tells what the jobs tell, whatever was added up before they changed", async () => {
  let round = 0;
  const property = fc.asyncProperty(
    fc.array(anyStep, { minLength: 2, maxLength: 12 }),
    fc.array(anyRange, { minLength: 3, maxLength: 3 }),
    async (steps, ranges) => {
      const cluster = `c${round++}`;
      for (const step of steps) {
        if (step === "add up") await addUpUsage(database());
        else if (step === "delete one")
          await sql`DELETE FROM job WHERE id = (SELECT min(id) FROM job WHERE cluster = ${cluster})`.execute(
            database(),
          );
        else await apply(step.flatMap((job) => eventsOf(cluster, job)));
        for (const [from, length] of ranges)
          for (const part of parts) {
            const { told, expected } = await ask(cluster, today + from, today + from + length, part);
            expect(told).toEqual(expected);
          }
      }
    },
  );
  await fc.assert(property, { numRuns: 60 });
});

function eventsOf(
  cluster: string,
  job: typeof anyJob extends fc.Arbitrary<infer Job> ? Job : never,
): JobEvent[] {
  const { jobId, began, length, stopFirst, ...content } = job;
  const startTime = today + began;
  const started = start({ jobId, cluster, startTime, ...content });
  if (length === undefined) return [started];
  const stopped = stop({ jobId, cluster, startTime, stopTime: startTime + length });
  return stopFirst ? [stopped, started] : [started, stopped];
}

/** A job of one node-hour for each day, ended in its middle. */
async function oneADay(days: readonly number[]): Promise<void> {
  const events = days.flatMap((day, index) => {
    const noon = today + day * DAY + DAY / 2;
    const jobId = BigInt(index + 1);
    return [
      start({ jobId, startTime: noon - 3600, user: "anna", project: "p" }),
      stop({ jobId, stopTime: noon }),
    ];
  });
  await apply(events);
}

const summedDays = async () => {
  const rows = await database()
    .selectFrom("job_usage")
    .select(["day", "jobs", "node_seconds"])
    .where("part", "=", "all")
    .orderBy("day")
    .execute();
  return rows.map(({ day, jobs, node_seconds }) => [Number(day) - today / DAY, jobs, node_seconds]);
};

const hours = async (from = -20, to = 1) => {
  const { told } = await ask("fritz", today + from * DAY, today + to * DAY, "user");
  return told.map(({ name, seconds }) => [name, seconds / 3600]);
};

/** From here on an answer tells whether a sum was taken or the jobs were read. */
const falsify = async () =>
  await sql`UPDATE job_usage SET node_seconds = node_seconds + 3600000`.execute(database());

test("days that ended a day ago are added up once, and taken as a whole", async () => {
  await oneADay([-9, -5, -2, -1, 0]);
  expect(await addUpUsage(database())).toBe(3);
  expect(await summedDays()).toEqual([
    [-9, 1n, 3600n],
    [-5, 1n, 3600n],
    [-2, 1n, 3600n],
  ]);
  expect(await addUpUsage(database())).toBe(0);
  await falsify();
  expect(await hours()).toEqual([["anna", 5 + 3 * 1000]]);
  // Not whole within the range: from the middle of its day, to the middle, and less than a day after the beginning.
  expect(await hours(-9.5, 1)).toEqual([["anna", 5 + 2 * 1000]]);
  expect(await hours(-20, -1.5)).toEqual([["anna", 3 + 2 * 1000]]);
});

test.each<[string, () => Promise<unknown>]>([
  ["a stop that comes late", () => apply([stop({ jobId: 77n, stopTime: today - 5 * DAY + 60 })])],
  [
    "a job that comes whole",
    () =>
      apply([
        start({ jobId: 88n, startTime: today - 5 * DAY }),
        stop({ jobId: 88n, stopTime: today - 5 * DAY + 60 }),
      ]),
  ],
  ["a correction by hand", () => sql`UPDATE job SET num_nodes = 2 WHERE job_id = 2`.execute(database())],
  ["one that goes", () => sql`DELETE FROM job WHERE job_id = 2`.execute(database())],
])("%s has its day read job by job until it is added up again", async (_, change) => {
  await apply([start({ jobId: 77n, startTime: today - 5 * DAY })]);
  await oneADay([-9, -5, -3]);
  await addUpUsage(database());
  await falsify();
  await change();
  const { told, expected } = await ask("fritz", today - 7 * DAY, today - 4 * DAY, "user");
  expect(told).toEqual(expected);
  expect(await addUpUsage(database())).toBe(1);
  expect((await summedDays()).map(([, , seconds]) => Number(seconds) > 3_600_000)).toEqual([
    true,
    false,
    true,
  ]);
  const again = await ask("fritz", today - 7 * DAY, today - 4 * DAY, "user");
  expect(again.told).toEqual(again.expected);
});

test("a day whose jobs are all gone tells nothing, as one that had none", async () => {
  await oneADay([-5]);
  await addUpUsage(database());
  await sql`DELETE FROM job`.execute(database());
  expect(await addUpUsage(database())).toBe(1);
  for (const part of parts) {
    const { told, expected } = await ask("fritz", today - 7 * DAY, today, part);
    expect([told, expected]).toEqual([[], []]);
  }
});

test("a job that moves to another day changes both", async () => {
  await oneADay([-9, -5, -3]);
  await addUpUsage(database());
  await sql`UPDATE job SET stop_time = stop_time - 2 * 86400, start_time = start_time - 2 * 86400 WHERE job_id = 2`.execute(
    database(),
  );
  expect(await addUpUsage(database())).toBe(2);
  expect(await summedDays()).toEqual([
    [-9, 1n, 3600n],
    [-7, 1n, 3600n],
    [-5, 0n, 0n],
    [-3, 1n, 3600n],
  ]);
});

test("what commits while its day is added up is not lost", async () => {
  await oneADay([-5]);
  const writing = await database().startTransaction().execute();
  await applyJobEvents(writing, [
    start({ jobId: 9n, startTime: today - 5 * DAY, user: "bert" }),
    stop({ jobId: 9n, stopTime: today - 5 * DAY + 7200 }),
  ]);
  expect(await addUpUsage(database())).toBe(1);
  await writing.commit().execute();
  const both = [
    ["anna", 1],
    ["bert", 2],
  ];
  expect(await hours()).toEqual(both);
  expect(await addUpUsage(database())).toBe(1);
  expect(await summedDays()).toEqual([[-5, 2n, 10_800n]]);
  expect(await hours()).toEqual(both);
});

test("jobs that ran for longer than a day are in no sum, and no day without others is added up for ever", async () => {
  const startTime = today - 5 * DAY;
  await apply([start({ jobId: 1n, startTime }), stop({ jobId: 1n, stopTime: startTime + DAY + 1 })]);
  expect(await addUpUsage(database())).toBe(1);
  expect(await addUpUsage(database())).toBe(0);
  expect(await summedDays()).toEqual([[-4, 0n, 0n]]);
  const { told, expected } = await ask("fritz", startTime + 60, today, "all");
  expect(told).toEqual(expected);
});

test("an emptied table has no sums", async () => {
  await oneADay([-5]);
  await addUpUsage(database());
  await sql`TRUNCATE job CASCADE`.execute(database());
  expect(await summedDays()).toEqual([]);
});

test("one process does it at a time; told to stop, it stops between two days", async () => {
  await oneADay([-5, -4]);
  await withAdvisoryLock(database(), "job usage", async () => {
    expect(await addUpUsage(database())).toBe("busy");
  });
  const stopping = new AbortController();
  stopping.abort();
  await expect(addUpUsage(database(), stopping.signal)).rejects.toThrow("aborted");
  expect(await summedDays()).toEqual([]);
  expect(await addUpUsage(database())).toBe(2);
});
