import { sql } from "kysely";
import pg from "pg";
import { foreignTransaction, refuseInserts, takeAllConnections } from "../../site/database-faults.ts";
import { type Fault, anyLogs, forAWhile, proof } from "./fault.ts";

const RETRIED = "batch not finished, trying again";
const WAITS = "batches wait and are tried again";

async function setReadOnly(url: string, value: "on" | "off"): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("SET default_transaction_read_only = off");
  await client.query(`ALTER SYSTEM SET default_transaction_read_only = ${value}`);
  await client.query("SELECT pg_reload_conf()");
  await client.end();
}

function ended(signal: "SIGINT" | "SIGKILL", kind: string): Fault {
  return {
    kind,
    strikes: "database",
    async strike(plant, _slot, random) {
      const seen = anyLogs(plant, RETRIED);
      await plant.postgres.kill(signal);
      const waits = await proof(WAITS, seen);
      await forAWhile(random, 0, 2_000);
      await plant.postgres.restart();
      return waits;
    },
  };
}

export const databaseFaults: readonly Fault[] = [
  ended("SIGINT", "Postgres restarted"),
  ended("SIGKILL", "Postgres killed"),
  {
    kind: "backends killed",
    strikes: "database",
    async strike({ db }) {
      const { rows } = await sql<{ killed: bigint }>`
        SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) AS killed FROM pg_stat_activity
        WHERE application_name LIKE 'ingest-%'`.execute(db);
      const killed = rows[0]?.killed ?? 0n;
      return killed === 0n ? undefined : "backends ended";
    },
  },
  {
    kind: "database read-only",
    strikes: "database",
    async strike(plant, _slot, random) {
      const seen = anyLogs(plant, RETRIED);
      await setReadOnly(plant.postgres.url, "on");
      const waits = await proof(WAITS, seen);
      await forAWhile(random, 0, 2_000);
      await setReadOnly(plant.postgres.url, "off");
      return waits;
    },
  },
  {
    kind: "disk full",
    strikes: "database",
    async strike(plant, _slot, random) {
      const seen = anyLogs(plant, RETRIED);
      await using full = await refuseInserts(plant.db, random() < 0.5 ? "job" : "node_state", "53100");
      return await proof(`${WAITS}: ${full.state}`, seen);
    },
  },
  {
    kind: "too many connections",
    strikes: "database",
    async strike(plant) {
      const seen = anyLogs(plant, RETRIED);
      await using taken = await takeAllConnections(plant.postgres.url);
      return taken.count === 0 ? undefined : await proof(WAITS, seen);
    },
  },
  {
    kind: "tables locked",
    strikes: "database",
    async strike(plant, _slot, random) {
      await using other = await foreignTransaction(plant.db);
      await other.run("SET LOCAL lock_timeout = '2s'");
      await other.run("LOCK TABLE job, node IN ACCESS EXCLUSIVE MODE");
      const waiting = await proof("transactions wait for the lock", async () => {
        const { rows } = await sql`SELECT FROM pg_stat_activity
          WHERE application_name LIKE 'ingest-%' AND wait_event_type = 'Lock'`.execute(plant.db);
        return rows.length > 0;
      });
      await forAWhile(random, 500, 3_000);
      return waiting;
    },
  },
];
