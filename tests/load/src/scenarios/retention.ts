import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { sql } from "kysely";
import { nodeReports } from "../node-reports.ts";
import { type Finding, note } from "../report.ts";
import { startService } from "../service.ts";
import { type LoadStack, nodeFeed, publishAll, startStack } from "../stack.ts";

const NODES = 10_000;
const HOURS = 24;
const ROWS = NODES * HOURS * 60;
const GOAL_MB = 250;
/** 1 January 2020; the reports of the backlog are of 2025. */
const OLD = 1_577_836_800;
const SECONDS_PER_DAY = 86_400;

/** A day of 10,000 nodes, a report a minute, is moved while reports go on coming. */
export async function retention(): Promise<Finding> {
  await using stack = await startStack();
  const target = await mkdtemp(join(tmpdir(), "cc-ingest-load-"));
  try {
    const first = await startService(nodeFeed.durable, stack.env);
    await first[Symbol.asyncDispose]();
    const tableBytes = await fillDay(stack);
    const begin = performance.now();
    await using service = await startService(nodeFeed.durable, { ...stack.env, ...moveTo(target) });
    const published = await publishUntilGone(stack);
    const seconds = (performance.now() - begin) / 1000;
    const { peak } = service.memory();
    const [file = ""] = await readdir(target);
    const { size } = await stat(join(target, file));
    const rate = Math.round(ROWS / seconds / 1000);
    return {
      what: `RSS while a day of ${ROWS} node states moves to Parquet`,
      figure: `peak ${peak.toFixed(0)} MB`,
      goal: `≤ ${GOAL_MB} MB`,
      met: peak <= GOAL_MB,
      detail: `${(published / seconds).toFixed(1)} messages/s of 1,000 reports meanwhile; ${seconds.toFixed(0)} s, ${rate},000 rows/s; table ${megabytes(tableBytes)}, file ${megabytes(size)}`,
    };
  } finally {
    await rm(target, { recursive: true });
  }
}

function moveTo(path: string): Record<string, string> {
  const between = Math.floor((Date.now() / 1000 - OLD) / SECONDS_PER_DAY) - 30;
  return {
    INGEST_NODESTATE_RETENTION_DAYS: String(between),
    INGEST_NODESTATE_RETENTION_POLICY: "move",
    INGEST_NODESTATE_RETENTION_PATH: path,
  };
}

/** In the order in which reports come. A node changes what it does every half hour; one in fifty is drained. */
async function fillDay({ db }: LoadStack): Promise<number> {
  await sql`SELECT ensure_node_state_partition(to_timestamp(${OLD}::bigint)::date)`.execute(db);
  await sql`INSERT INTO node (id, hostname, cluster, subcluster)
    SELECT 1000000 + n, 'f' || n, 'fritz', 'main' FROM generate_series(1, ${NODES}::integer) AS n`.execute(
    db,
  );
  for (let minute = 0; minute < HOURS * 60; minute += 30) {
    await sql`INSERT INTO node_state
      SELECT 1000000 + n, ${OLD}::bigint + t * 60 + n % 7, (n * 7919::bigint * t) % 1000000000,
        CASE WHEN busy THEN 'allocated' ELSE 'idle' END,
        CASE WHEN n % 50 = 0 THEN ARRAY['idle', 'drain'] WHEN busy THEN '{allocated}' ELSE '{idle}' END,
        busy::integer, busy::integer * 72, busy::integer * (n * 31 % 256000), 0
      FROM generate_series(${minute}::integer, ${minute + 29}::integer) AS t
      CROSS JOIN LATERAL (SELECT n, (n * 31 + t / 30) % 5 > 0 AS busy FROM generate_series(1, ${NODES}::integer) AS n) AS node`.execute(
      db,
    );
    if (minute % 240 === 0) note(`retention: ${minute * NODES} reports stored`);
  }
  const { rows } = await sql<{ bytes: number }>`
    SELECT pg_total_relation_size('node_state_20200101')::float8 AS bytes`.execute(db);
  return rows[0]?.bytes ?? 0;
}

/** A message every 200 ms: five times what 10,000 nodes send that report every ten seconds. */
async function publishUntilGone({ db, nats }: LoadStack): Promise<number> {
  const messages = nodeReports({ nodes: 1_000, reports: 4_000, intervalSeconds: 10, seed: 1 });
  for (let published = 0; ; published++) {
    const { rows } = await sql`SELECT FROM pg_class WHERE relname ~ '^node_state_(retired_)?20200101'
      AND relkind = 'r'`.execute(db);
    if (rows.length === 0) return published;
    await publishAll(nats, nodeFeed.subject, messages.slice(published, published + 1));
    await delay(200);
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
