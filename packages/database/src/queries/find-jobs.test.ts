import { sql } from "kysely";
import { beforeEach, describe, expect, test } from "vitest";
import { applyJobEvents } from "../jobs/apply.js";
import type { JobEvent } from "../jobs/model.js";
import { useEmptyTables } from "../testing/database.js";
import { start, stop } from "../testing/job-samples.js";
import { readClusterNames } from "./cluster-names.js";
import { type JobFilter, type JobPage, type JobRow, findJobs, pageOfJobs, readJob } from "./find-jobs.js";

const database = useEmptyTables();
const T = 1_760_000_000;
const NOW = T + 1_000;
const clusters = ["alex", "fritz", "woody"];
const users = ["anna", "bert", "carl", "dora"];

async function apply(events: readonly JobEvent[]): Promise<void> {
  await database()
    .transaction()
    .execute((trx) => applyJobEvents(trx, events));
}

/** Sixty jobs on three clusters; several start in the same second. */
const jobs = Array.from({ length: 60 }, (_, i) => ({
  jobId: BigInt(1_000 + i),
  cluster: clusters[i % 3] ?? "",
  user: users[i % 4] ?? "",
  project: `p${i % 5}`,
  startTime: T + Math.floor(i / 7) * 10,
}));
/** How they ended; every third one is running. */
const states = ["completed", "failed", "running"] as const;
const stateOf = (i: number) => states[Math.floor(i / 2) % 3] ?? "running";

beforeEach(async () => {
  const stops = jobs.flatMap(({ jobId, cluster, startTime }, i) => {
    const jobState = stateOf(i);
    return jobState === "running" ? [] : [stop({ jobId, cluster, stopTime: startTime + 100, jobState })];
  });
  await apply([...jobs.map((job) => start(job)), ...stops]);
});

const page: JobPage = { limit: 1_000, offset: 0, withMetadata: false };
const find = async (filter: JobFilter, over: Partial<JobPage> = {}) =>
  (await findJobs(database(), filter, { ...page, ...over }, NOW)).jobs;
const numbers = (rows: readonly JobRow[]) =>
  rows.map(({ json }) => BigInt((JSON.parse(json) as { jobId: number }).jobId));
const inOrder = (rows: readonly JobRow[]) =>
  rows.toSorted((a, b) => Number(b.start_time - a.start_time) || Number(b.id - a.id));

const filters: [string, JobFilter, (job: (typeof jobs)[number], i: number) => boolean][] = [
  ["all", {}, () => true],
  ["of one cluster", { cluster: "fritz" }, (job) => job.cluster === "fritz"],
  ["of a cluster that has none", { cluster: "none" }, () => false],
  ["that run", { states: ["running"] }, (_, i) => stateOf(i) === "running"],
  ["of several states", { states: ["running", "failed"] }, (_, i) => stateOf(i) !== "completed"],
  ["of a project", { project: "p3" }, (job) => job.project === "p3"],
  ["of a user", { user: "dora" }, (job) => job.user === "dora"],
  ["of a number", { jobId: 1_017n }, (job) => job.jobId === 1_017n],
  [
    "of a time, ends included",
    { startFrom: BigInt(T + 20), startTo: BigInt(T + 40) },
    (job) => job.startTime >= T + 20 && job.startTime <= T + 40,
  ],
  [
    "of all at once",
    { cluster: "alex", states: ["completed"], project: "p0", user: "anna", startFrom: BigInt(T) },
    (job, i) =>
      job.cluster === "alex" && stateOf(i) === "completed" && job.project === "p0" && job.user === "anna",
  ],
];

describe.each(filters)("jobs %s", (_, filter, fits) => {
  test("are found, the newest start first", async () => {
    const rows = await find(filter);
    expect(numbers(rows).toSorted((a, b) => Number(a - b))).toEqual(
      jobs.filter(fits).map(({ jobId }) => jobId),
    );
    expect(rows).toEqual(inOrder(rows));
  });

  test("come in pages by number and by place, each once", async () => {
    const whole = numbers(await find(filter));
    const byNumber: bigint[] = [];
    for (let offset = 0; offset < 63; offset += 7)
      byNumber.push(...numbers(await find(filter, { limit: 7, offset })));
    expect(byNumber).toEqual(whole);
    const byPlace: bigint[] = [];
    for (let after: JobPage["after"]; ;) {
      const rows = await find(filter, { limit: 7, after });
      byPlace.push(...numbers(rows));
      const last = rows.at(-1);
      if (last === undefined) break;
      after = { startTime: last.start_time, id: last.id };
    }
    expect(byPlace).toEqual(whole);
  });
});

const run = { jobId: 9_007_199_254_740_993n, cluster: "fritz", startTime: T + 7 };

test("a job is read by its row and as a run, with everything it has, numbers exact", async () => {
  await apply([
    start({
      ...run,
      metaData: { jobName: 'a "quoted" name' },
      tags: [
        { type: "b", name: "two", scope: "global" },
        { type: "a", name: "one", scope: "private" },
      ],
      energy: 1.5,
      footprint: { flops: 1e-7 },
      concurrentJobs: { items: [{ id: 1n, jobId: 2n ** 62n }], count: 1 },
    }),
  ]);
  const json = (await readJob(database(), run, NOW)) ?? "";
  expect(json).toContain('"jobId":9007199254740993,');
  expect(json).toContain('"jobId": 4611686018427387904}');
  const { id } = JSON.parse(json) as { id: number };
  expect(JSON.parse(json)).toEqual({
    id: expect.any(Number),
    jobId: Number(run.jobId),
    cluster: "fritz",
    subCluster: "main",
    partition: "singlenode",
    project: "k106eb",
    user: "k106eb10",
    shared: "none",
    jobState: "running",
    submitTime: expect.any(Number),
    startTime: T + 7,
    stopTime: null,
    stopSource: null,
    duration: 993,
    walltime: expect.any(Number),
    requestedMemory: 0,
    arrayJobId: 0,
    numNodes: 1,
    numHwthreads: expect.any(Number),
    numAcc: 0,
    smt: 1,
    monitoringStatus: 1,
    energy: 1.5,
    resources: [{ hostname: "f0720", hwthreads: [0, 1, 2, 3] }],
    tags: [
      { id: expect.any(Number), type: "a", name: "one", scope: "private" },
      { id: expect.any(Number), type: "b", name: "two", scope: "global" },
    ],
    concurrentJobs: { count: 1, items: [{ id: 1, jobId: 2 ** 62 }] },
    footprint: { flops: 1e-7 },
    energyFootprint: null,
    statistics: null,
    metaData: { jobName: 'a "quoted" name' },
  });
  expect(await readJob(database(), BigInt(id), NOW)).toBe(json);
  expect(await readJob(database(), { ...run, startTime: T + 8 }, NOW)).toBeUndefined();
  expect(await readJob(database(), 999_999n, NOW)).toBeUndefined();
});

test("texts with quotes, backslashes, control characters and letters beyond ASCII come back as they were", async () => {
  const odd = 'a"b\\c\n\u0001\t/é日🙂';
  await apply([start({ ...run, user: odd, project: odd, partition: odd })]);
  const read = JSON.parse((await readJob(database(), run, NOW)) ?? "") as object;
  expect(read).toMatchObject({ user: odd, project: odd, partition: odd });
});

test("a job that runs has lasted until now, and one that starts in the future not at all", async () => {
  await apply([start(run)]);
  const durationAt = async (now: number) =>
    (JSON.parse((await readJob(database(), run, now)) ?? "") as { duration: number }).duration;
  expect([await durationAt(T + 107), await durationAt(T)]).toEqual([100, 0]);
  await apply([stop({ ...run, stopTime: T + 57 })]);
  expect(await durationAt(T + 107)).toBe(50);
});

/** What few jobs have, one by one. */
const seldom = [
  { arrayJobId: 7n },
  { smt: 2 },
  { monitoringStatus: 2 },
  { energy: 1.5 },
  { concurrentJobs: { items: [{ id: 1n, jobId: 2n }], count: 1 } },
  { footprint: { flops: 1 } },
  { energyFootprint: { cpu: 1 } },
  { statistics: { flops: { avg: 1, min: 0, max: 2, unit: { base: "F/s", prefix: "" } } } },
] as const;

test("a job with something that few have tells it, and else the same as one without", async () => {
  await apply([start(run), ...seldom.map((own, i) => start({ ...run, jobId: BigInt(i + 2), ...own }))]);
  const read = async (jobId: bigint) =>
    JSON.parse((await readJob(database(), { ...run, jobId }, NOW)) ?? "") as Record<string, unknown>;
  const { id, jobId, ...usual } = await read(run.jobId);
  expect([id, jobId]).toEqual([expect.any(Number), Number(run.jobId)]);
  expect(usual).toMatchObject({
    arrayJobId: 0,
    smt: 1,
    monitoringStatus: 1,
    energy: 0,
    concurrentJobs: { count: 0, items: [] },
    footprint: null,
    energyFootprint: null,
    statistics: null,
  });
  const inJson = (own: object) =>
    JSON.parse(
      JSON.stringify(own, (_, value: unknown) => (typeof value === "bigint" ? Number(value) : value)),
    ) as object;
  for (const [i, own] of seldom.entries())
    expect(await read(BigInt(i + 2))).toEqual({
      ...usual,
      id: expect.any(Number),
      jobId: i + 2,
      ...inJson(own),
    });
});

/** Whether the rows that the index gives, few, are then sorted. */
const SORTED = true;

test.each<[string, JobFilter, Partial<JobPage>, string, boolean?]>([
  ["all", {}, {}, "job_newest"],
  ["all, by place", {}, { after: { startTime: BigInt(T + 20), id: 30n } }, "job_newest"],
  ["all of a time", { startFrom: BigInt(T), startTo: BigInt(T + 20) }, {}, "job_newest"],
  ["one cluster's", { cluster: "fritz" }, {}, "job_cluster_start"],
  ["a user's", { user: "dora" }, {}, "job_user_start"],
  ["a number's", { jobId: 1_017n }, {}, "job_job_id_cluster_start_time_key", SORTED],
  ["those that run", { states: ["running"] }, {}, "job_running", SORTED],
  ["those that run on a cluster", { states: ["running"], cluster: "fritz" }, {}, "job_running"],
])("of %s a page is read through its index, in its order", async (_, filter, over, index, sorted = false) => {
  const plan = await database()
    .transaction()
    .execute(async (trx) => {
      for (const way of ["seqscan", "bitmapscan", "sort"])
        await sql`SET LOCAL ${sql.raw(`enable_${way}`)} = off`.execute(trx);
      const { rows } = await sql<{ "QUERY PLAN": string }>`EXPLAIN ${pageOfJobs(filter, {
        ...page,
        limit: 5,
        ...over,
      })}`.execute(trx);
      return rows.map((row) => row["QUERY PLAN"]).join("\n");
    });
  expect(plan).toContain(`using ${index} `);
  expect(/(?<!Incremental )Sort  \(/.test(plan)).toBe(sorted);
});

test("it is told whether more come after a page", async () => {
  const more = async (over: Partial<JobPage>) => {
    const found = await findJobs(database(), {}, { ...page, ...over }, NOW);
    return [found.jobs.length, found.more];
  };
  expect(await more({ limit: 59 })).toEqual([59, true]);
  expect(await more({ limit: 60 })).toEqual([60, false]);
  expect(await more({ limit: 10, offset: 50 })).toEqual([10, false]);
  expect(await more({ limit: 10, offset: 60 })).toEqual([0, false]);
});

test("metadata comes only when it is asked for", async () => {
  const [without] = await find({}, { limit: 1 });
  const [withIt] = await find({}, { limit: 1, withMetadata: true });
  expect([without?.json, withIt?.json].map((json) => /"metaData":(.*)}$/.exec(json ?? "")?.[1])).toEqual([
    "null",
    '{"jobName": "lbm"}',
  ]);
});

test("clusters are named by what is stored", async () => {
  expect(await readClusterNames(database())).toEqual(clusters);
});
