import { useDatabase } from "@cc-ingest/devstack/testing";
import { Kysely, PostgresDialect, sql } from "kysely";
import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { type Database, connectDatabase } from "../connection/connect.js";
import { withPreparedStatements } from "../connection/prepared-statements.js";
import { migrateUrl } from "../migrate.js";
import type { Schema } from "../schema.js";
import { sampleWindow, start, stop } from "../testing/job-samples.js";
import { commitJobs } from "./commit.js";
import type { JobEvent } from "./model.js";

const database = useDatabase({ migrate: migrateUrl });
const T = 1_760_000_000;
const SECOND = 1_000_000_000n;

/** Batches of so many jobs, with and without a duplicate window, that write whatever a batch can write. */
async function commitEverything(db: Database, from: bigint, jobs: number): Promise<void> {
  const each = (event: (jobId: bigint) => JobEvent) =>
    Array.from({ length: jobs }, (_, i) => event(from + BigInt(i)));
  const told = BigInt(T) * SECOND;
  const tags = [{ type: "arch", name: `of ${from}`, scope: "global" }];
  const batches = [
    each((jobId) => stop({ jobId, stopTime: T + 160 })),
    each((jobId) => start({ jobId, startTime: T + 150 }, told)),
    each((jobId) => start({ jobId, startTime: T + 80, tags }, told)),
    // An earlier event of the same run, and an earlier run, which with a window takes the place of a later one.
    each((jobId) => start({ jobId, startTime: T + 80, tags, user: "other" }, told - 1n)),
    each((jobId) => start({ jobId, startTime: T }, told)),
    each((jobId) => stop({ jobId, stopTime: T + 155 })),
  ];
  for (const [window, shift] of [
    [undefined, 0n],
    [sampleWindow(100), 1_000_000n],
  ] as const)
    for (const batch of batches)
      await commitJobs(
        db,
        { events: batch.map((event) => moved(event, shift)), deadLetters: [], toDeadLetter: refused },
        "whole",
        window,
      );
}

function moved(event: JobEvent, by: bigint): JobEvent {
  return event.kind === "start_job"
    ? start({ ...event.job, jobId: event.job.jobId + by }, event.eventTime)
    : stop({ ...event.stop, jobId: event.stop.jobId + by });
}

function refused(_: JobEvent, error: unknown): never {
  throw error;
}

const preparedIn = (db: Database) =>
  sql<{
    statement: string;
    custom: bigint;
  }>`SELECT statement, custom_plans AS custom FROM pg_prepared_statements
    WHERE statement NOT LIKE '%pg_prepared_statements%'`.execute(db);

test("statements have the same text whatever the size of a batch, and each that takes values is prepared", async () => {
  let said = new Set<string>();
  const takesValues = new Set<string>();
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, BigInt);
  const pool = new pg.Pool({ connectionString: database().url, max: 1, types });
  const db = new Kysely<Schema>({
    dialect: new PostgresDialect({ pool: withPreparedStatements(pool, 75_000) }),
    log({ query }) {
      said.add(query.sql);
      if (query.parameters.length > 0 && !query.sql.startsWith("COPY ")) takesValues.add(query.sql);
    },
  });
  onTestFinished(() => db.destroy());
  const texts: string[][] = [];
  for (const size of [1, 2, 300]) {
    said = new Set();
    await commitEverything(db, BigInt(size) * 1_000n, size);
    texts.push([...said].toSorted());
  }
  expect(texts[1]).toEqual(texts[0]);
  expect(texts[2]).toEqual(texts[0]);
  const { rows } = await preparedIn(db);
  expect(rows.map(({ statement }) => statement).toSorted()).toEqual([...takesValues].toSorted());
  // What a batch can write, it has written.
  const verbs = texts
    .flat()
    .flatMap((text) => /^(?:(?:INSERT INTO|UPDATE|DELETE FROM) \w+|COPY "\w+")/.exec(text) ?? []);
  expect([...new Set(verbs)].toSorted()).toEqual([
    'COPY "job"',
    "DELETE FROM dead_letter",
    "DELETE FROM job",
    "DELETE FROM jobtag",
    "DELETE FROM parked_stop",
    "INSERT INTO dead_letter",
    "INSERT INTO jobtag",
    "INSERT INTO parked_stop",
    "INSERT INTO start_message",
    "INSERT INTO tag",
    "UPDATE job",
    "UPDATE start_message",
  ]);
});

test("no plan of a service's statement is made for the values or the tables of the moment", async () => {
  const options = { url: database().url, poolSize: 1, applicationName: "test", forKeyLookups: true };
  await using db = connectDatabase(options);
  await commitEverything(db, 1n, 3);
  const { rows } = await preparedIn(db);
  expect(rows.length).toBeGreaterThan(10);
  expect(rows.filter(({ custom }) => custom > 0n)).toEqual([]);
});
