import { writeFile } from "node:fs/promises";
import { sql } from "kysely";
import { expect, test, vi } from "vitest";
import { impatient } from "./changes/impatient.ts";
import { waitAt } from "./changes/points.ts";
import { foreignTransaction, refuseInserts, takeAllConnections } from "./site/database-faults.ts";
import { message, startLine, stopLine } from "./site/lines.ts";
import { traffic } from "./site/traffic.ts";
import { useSite } from "./site/use-site.ts";
import { until } from "./until.ts";

// Deadlocks are looked for before a lock's time runs out, as with the times of the product.
const site = useSite({ changes: impatient, postgres: { deadlock_timeout: "100ms", max_connections: "40" } });
let seed = 0;
const messages = () => traffic(60, ++seed);

const count = async (table: string, where = "true"): Promise<number> => {
  const { rows } = await sql<{
    n: bigint;
  }>`SELECT count(*) AS n FROM ${sql.table(table)} WHERE ${sql.raw(where)}`.execute(site().db);
  return Number(rows[0]?.n);
};

test.each([
  ["53100", "disk full"],
  ["53200", "out of memory"],
  ["58030", "an I/O error"],
])("%s, %s: all waits, nothing is dead-lettered", async (state) => {
  const { running, publish, db, expectWhole } = site();
  const { jobs, nodes } = await running();
  const from = [jobs[0].log.length, nodes.log.length];
  const letters = await count("dead_letter", "reason = 'database_refused'");
  {
    await using refusal = await refuseInserts(db, "job", state);
    await publish(messages());
    const { err } = await jobs[0].logged("batch not finished, trying again", from[0]);
    expect(err).toMatchObject({ code: refusal.state });
    expect((await jobs[0].get("/readyz")).body).toContain("a batch can't be finished");
  }
  await expectWhole();
  expect(await count("dead_letter", "reason = 'database_refused'")).toBe(letters);
  await jobs[0].ready();
});

test("53300, too many connections: all waits, nothing is dead-lettered", async () => {
  const { running, publish, postgres, expectWhole } = site();
  const { jobs } = await running();
  const from = jobs[0].log.length;
  {
    await using taken = await takeAllConnections(postgres.url);
    expect(taken.count).toBeGreaterThan(0);
    await publish(messages());
    const { err } = await jobs[0].logged("batch not finished, trying again", from);
    expect(err).toMatchObject({ code: "53300" });
  }
  await expectWhole();
});

test("a locked table: time-outs, tried again until the lock is gone", async () => {
  const { running, publish, db, expectWhole } = site();
  const { jobs, nodes } = await running();
  const from = [jobs[0].log.length, nodes.log.length];
  {
    await using other = await foreignTransaction(db);
    await other.run("LOCK TABLE job, node IN ACCESS EXCLUSIVE MODE");
    await publish(messages());
    const { err } = await jobs[0].logged("batch not finished, trying again", from[0]);
    expect(err).toMatchObject({ code: "55P03" });
    await nodes.logged("batch not finished, trying again", from[1]);
  }
  await expectWhole();
});

test("one locked row: the other events of its batch are committed in halves, and it comes last", async () => {
  const { running, stopAll, publish, drained, db, expectWhole } = site();
  const ids = Array.from({ length: 16 }, (_, i) => 900_001 + i);
  await running();
  await publish(ids.map((id) => message("ingest-jobs", startLine(id))));
  await drained();
  await stopAll();
  {
    await using other = await foreignTransaction(db);
    await other.run("SELECT FROM job WHERE job_id = 900005 FOR UPDATE");
    await publish(ids.map((id) => message("ingest-jobs", stopLine(id))));
    await running();
    const running16 = () => count("job", "job_id BETWEEN 900001 AND 900016 AND job_state = 'running'");
    await vi.waitFor(async () => expect(await running16()).toBe(1), until);
  }
  await expectWhole();
});

test("a deadlock, in which the service is broken off: tried again, nothing is lost", async () => {
  const { start, stopAll, publish, db, newPath, postgresLog, running, expectWhole } = site();
  await running();
  await publish([message("ingest-jobs", startLine(910_001))]);
  await expectWhole();
  await stopAll();
  const go = newPath();
  const service = start("ingest-jobs", { changes: [waitAt("applied", go)] });
  {
    await using other = await foreignTransaction(db);
    // The one who waits last looks for a deadlock, and it is not this one.
    await other.run("SET LOCAL deadlock_timeout = '1min'");
    await other.run("SET LOCAL lock_timeout = '1min'");
    await other.run("LOCK TABLE dead_letter IN ACCESS EXCLUSIVE MODE");
    await publish([message("ingest-jobs", `${stopLine(910_001)}\nnonsense`)]);
    await locked(() => sql`SELECT FROM job WHERE job_id = 910001 FOR UPDATE NOWAIT`.execute(db));
    const updating = other.run("UPDATE job SET smt = smt WHERE job_id = 910001");
    await writeFile(go, "");
    await updating;
  }
  await service.ready();
  await running();
  await expectWhole();
  expect(await postgresLog()).toContain("deadlock detected");
});

test("a serialization failure: tried again, nothing is lost", async () => {
  const { start, stopAll, publish, db, newPath, postgresLog, running, expectWhole } = site();
  await running();
  await publish([message("ingest-jobs", startLine(911_001))]);
  await expectWhole();
  await stopAll();
  const go = newPath();
  const service = start("ingest-jobs", { changes: [waitAt("begun", go)] });
  await publish([message("ingest-jobs", stopLine(911_001))]);
  await service.logged("ready");
  {
    await using other = await foreignTransaction(db);
    await other.run("UPDATE job SET smt = smt WHERE job_id = 911001");
    await writeFile(go, "");
    await vi.waitFor(async () => {
      const { rows } = await sql`SELECT FROM pg_stat_activity
        WHERE application_name = 'ingest-jobs' AND wait_event_type = 'Lock'`.execute(db);
      expect(rows).toHaveLength(1);
    }, until);
  }
  await running();
  await expectWhole();
  expect(await postgresLog()).toContain("could not serialize access due to concurrent update");
});

/** Waits until somebody has locked what this asks for. */
async function locked(ask: () => Promise<unknown>): Promise<void> {
  await vi.waitFor(() => expect(ask()).rejects.toMatchObject({ code: "55P03" }), until);
}

test("an event that the database refuses becomes a dead letter with its SQLSTATE; the rest of its batch is committed", async () => {
  const { running, publishOnce, db, oracle, stopAll, expectWhole } = site();
  for (const each of [db, oracle])
    await sql`ALTER TABLE job ADD CONSTRAINT no_poison CHECK (hpc_user <> 'poison')`.execute(each);
  const ids = Array.from({ length: 20 }, (_, i) => 920_001 + i);
  const lines = ids.map((id) => startLine(id, { user: id === 920_007 ? "poison" : "k106eb10" }));
  await publishOnce([message("ingest-jobs", lines.join("\n")), ...messages()]);
  await running();
  await expectWhole();
  expect(await count("job", "job_id BETWEEN 920001 AND 920020")).toBe(19);
  const letters = await db
    .selectFrom("dead_letter")
    .select(["sqlstate", "line_number"])
    .where("reason", "=", "database_refused")
    .execute();
  expect(letters).toEqual([{ sqlstate: "23514", line_number: 7 }]);
  await stopAll();
});

test.each([
  [
    "half of a batch is refused for its data",
    "23514",
    1,
    "the database refused 20 of 20 events, first: refused on purpose",
  ],
  ["a mistake of our own", "21000", 1, "refused on purpose"],
  ["a column is missing", "42703", 3, 'refused on purpose. Run "ccingest migrate" as its owner'],
])(
  "%s: the service stops and says why, nothing is dead-lettered or acknowledged",
  async (_, state, exitCode, why) => {
    const { running, stopAll, publish, db, jsm, drained, expectWhole } = site();
    await running();
    await drained();
    await stopAll();
    const letters = await count("dead_letter");
    const { ack_floor } = await jsm.consumers.info("CC_JOB", "ingest-jobs");
    await publish([
      message(
        "ingest-jobs",
        Array.from({ length: 20 }, (__, i) => startLine(++seed * 10_000 + i)).join("\n"),
      ),
    ]);
    {
      await using refusal = await refuseInserts(db, "job", state);
      const service = site().start("ingest-jobs");
      expect([refusal.state, await service.exit]).toEqual([state, exitCode]);
      expect(service.stderr.join("\n")).not.toMatch(/^\s+at /m);
      expect(service.log.filter(({ level }) => level === "fatal")).toMatchObject([
        { msg: expect.stringContaining(why) as string },
      ]);
    }
    expect(await count("dead_letter")).toBe(letters);
    expect((await jsm.consumers.info("CC_JOB", "ingest-jobs")).ack_floor).toEqual(ack_floor);
    await running();
    await expectWhole();
  },
);
