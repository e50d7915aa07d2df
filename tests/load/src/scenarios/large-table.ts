import { sql } from "kysely";
import pg from "pg";
import { drainBacklog, emptyTables } from "../backlog.ts";
import { jobMessages } from "../messages.ts";
import { type Finding, median, note } from "../report.ts";
import { startService } from "../service.ts";
import { jobFeed, type LoadStack, startStack } from "../stack.ts";

const ROWS = 10_000_000;
const SAMPLE = 10_000;
const ROUNDS = 7;
const JOBS_EACH = 30_000;
const GOAL = 0.8;

/** Starts and stops into a table of ten million jobs and into an empty one, alternating; a broker and a Postgres for each. */
export async function largeTable(): Promise<Finding> {
  await using empty = await startStack();
  await using full = await startStack();
  await using intoEmpty = await startService(jobFeed.durable, empty.env);
  await using intoFull = await startService(jobFeed.durable, full.env);
  await drainBacklog(full, [intoFull], jobMessages({ jobs: SAMPLE, seed: 100, startsOnly: false }));
  await multiply(full);
  const ratios: number[] = [];
  const rates = { empty: [] as number[], full: [] as number[] };
  for (let round = 0; round <= ROUNDS; round++) {
    const messages = jobMessages({ jobs: JOBS_EACH, seed: 200 + round, startsOnly: false });
    const into = async (stack: LoadStack, service: typeof intoFull): Promise<number> => {
      const { events, seconds } = await drainBacklog(stack, [service], messages);
      return events / seconds;
    };
    const emptyRate = await into(empty, intoEmpty);
    const fullRate = await into(full, intoFull);
    await emptyTables(empty);
    await full.jsm.streams.purge(jobFeed.stream);
    note(`large table ${round}: empty ${emptyRate.toFixed(0)}/s, full ${fullRate.toFixed(0)}/s`);
    if (round === 0) continue;
    rates.empty.push(emptyRate);
    rates.full.push(fullRate);
    ratios.push(fullRate / emptyRate);
  }
  const ratio = median(ratios);
  return {
    what: "starts and stops into 10 M jobs, against an empty table",
    figure: `${ratio.toFixed(2)} ×`,
    goal: `≥ ${GOAL}`,
    met: ratio >= GOAL,
    detail: `${median(rates.full).toFixed(0)} against ${median(rates.empty).toFixed(0)} events/s; ratios ${ratios.map((r) => r.toFixed(2)).join(" ")}; ${await sizes(full)}`,
  };
}

/** Copies the jobs there are, under earlier jobIds and times, until there are `ROWS`. */
async function multiply({ databaseUrl }: LoadStack): Promise<void> {
  // Without the time limits of the product.
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const columns = await client.query<{
    names: string;
  }>(`SELECT string_agg(quote_ident(column_name), ', ') AS names
    FROM information_schema.columns WHERE table_name = 'job' AND table_schema = current_schema()
      AND column_name NOT IN ('id', 'job_id', 'start_time', 'stop_time')`);
  const names = columns.rows[0]?.names;
  const step = 200_000;
  for (let rows = SAMPLE; rows < ROWS; rows += step) {
    const from = rows / SAMPLE;
    await client.query(`INSERT INTO job (job_id, start_time, stop_time, ${names})
      SELECT job_id - copy * ${SAMPLE}, start_time - copy * 20, stop_time - copy * 20, ${names}
      FROM generate_series(${from}, ${from + step / SAMPLE - 1}) AS copy,
        (SELECT * FROM job ORDER BY id LIMIT ${SAMPLE}) AS job`);
    if ((rows - SAMPLE) % (10 * step) === 0) note(`large table: ${rows + step} of ${ROWS} rows`);
  }
  await client.query("VACUUM ANALYZE job");
  await client.query("CHECKPOINT");
  await client.end();
}

async function sizes({ db }: LoadStack): Promise<string> {
  const { rows } = await sql<{ heap: string; indexes: string }>`
    SELECT pg_size_pretty(pg_table_size('job')) AS heap, pg_size_pretty(pg_indexes_size('job')) AS indexes`.execute(
    db,
  );
  return `table ${rows[0]?.heap}, indexes ${rows[0]?.indexes}`;
}
