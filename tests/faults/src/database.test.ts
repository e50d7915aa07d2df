import { sql } from "kysely";
import { expect, test, vi } from "vitest";
import { impatient } from "./changes/impatient.ts";
import { expectUnready } from "./site/expect-unready.ts";
import { type UnderLoad, useSite } from "./site/use-site.ts";
import { until } from "./until.ts";

const site = useSite({ changes: impatient });

async function expectRecovery({ load, jobs }: UnderLoad): Promise<void> {
  await load.end();
  await site().expectWhole();
  // None of them had to be started again.
  for (const service of jobs) await service.ready();
}

test.each(["SIGINT", "SIGKILL"] as const)(
  "Postgres is ended by %s under load and started again",
  async (signal) => {
    const { underLoad, postgres } = site();
    const under = await underLoad();
    const [service] = under.jobs;
    await postgres.kill(signal);
    await service.logged("batch not finished, trying again", under.from);
    await expectUnready(service, "a batch can't be finished");
    // Started again it could do no better.
    expect((await service.get("/livez")).status).toBe(200);
    await postgres.restart();
    await expectRecovery(under);
  },
);

test("backends are killed again and again", async () => {
  const { underLoad, db } = site();
  const under = await underLoad();
  let killed = 0n;
  await vi.waitFor(async () => {
    const { rows } = await sql<{ killed: bigint }>`
      SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) AS killed FROM pg_stat_activity
      WHERE application_name LIKE 'ingest-%'`.execute(db);
    killed += rows[0]?.killed ?? 0n;
    expect(killed).toBeGreaterThan(20n);
  }, until);
  await expectRecovery(under);
});

test("the network to the database is cut", async () => {
  const { underLoad, network } = site();
  const under = await underLoad();
  network.database.cut();
  const line = await under.jobs[0].logged("batch not finished, trying again", under.from);
  expect(line["err"]).not.toHaveProperty("severity");
  network.database.restore();
  await expectRecovery(under);
});

test("the answer to COMMIT is lost: what was committed is applied again, and changes nothing", async () => {
  const { underLoad, network, db } = site();
  const under = await underLoad();
  const committed = async (): Promise<bigint> => {
    const { rows } = await sql<{ n: bigint }>`SELECT count(*) AS n FROM job`.execute(db);
    return rows[0]?.n ?? 0n;
  };
  const before = await committed();
  await vi.waitFor(async () => expect(await committed()).toBeGreaterThan(before), until);
  network.database.blackHole("to-client");
  await vi.waitFor(() => expect(network.database.traffic.swallowed).toBeGreaterThan(0), until);
  await under.jobs[0].logged("batch not finished, trying again", under.from);
  network.database.restore();
  await expectRecovery(under);
});

test("the connections to the database are half open: given up, and opened anew", async () => {
  const { underLoad, network } = site();
  const under = await underLoad();
  network.database.blackHole("to-client", "to-server");
  await under.jobs[0].logged("batch not finished, trying again", under.from);
  expect(network.database.traffic.swallowed).toBeGreaterThan(0);
  // The old connections stay silent for ever.
  network.database.restore({ forget: true });
  await expectRecovery(under);
});

test("the server becomes read-only, as after a failover: the connections are dropped, nothing is dead-lettered", async () => {
  const { underLoad, db } = site();
  const under = await underLoad();
  await sql`ALTER SYSTEM SET default_transaction_read_only = on`.execute(db);
  await sql`SELECT pg_reload_conf()`.execute(db);
  const line = await under.jobs[0].logged("batch not finished, trying again", under.from);
  expect(line["err"]).toMatchObject({ code: "25006" });
  // This connection is read-only too.
  await db.connection().execute(async (connection) => {
    await sql`SET default_transaction_read_only = off`.execute(connection);
    await sql`ALTER SYSTEM RESET default_transaction_read_only`.execute(connection);
    await sql`SELECT pg_reload_conf()`.execute(connection);
    await sql`RESET default_transaction_read_only`.execute(connection);
  });
  await expectRecovery(under);
});
