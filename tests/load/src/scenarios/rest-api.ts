import autocannon, { type Result } from "autocannon";
import { TokenIssuer } from "@cc-ingest/web/testing";
import pg from "pg";
import { cpuSeconds } from "../cpu.ts";
import { type Finding, median, note } from "../report.ts";
import { type ServiceRun, startService } from "../service.ts";
import { type LoadStack, startStack } from "../stack.ts";

const JOBS = 1_000_000;
const CLUSTERS = 3;
const ROUNDS = 5;
const SECONDS = 8;
const CONNECTIONS = 16;
const GOAL = 2_000;

const USERS = 100;
const TAGS = 50;
const FIRST_START = 1_740_000_000;
const START_EVERY = 20;

/** Lists of 25 jobs as scripts and pages ask for them. The paths of one kind take turns, so that no two requests in a row are alike. */
const lists: Readonly<Record<string, readonly string[]>> = {
  "the newest": ["/api/jobs/"],
  "running on one cluster": upTo(CLUSTERS, (n) => `/api/jobs/?state=running&cluster=cluster${n}`),
  "of one user": upTo(USERS, (n) => `/api/jobs/?user=user${n}`),
  "anywhere in the list": upTo(997, (n) => {
    const id = 1_000 + n * 1_000;
    return `/api/jobs/?after=${FIRST_START + id * START_EVERY}.${id}`;
  }),
};

function upTo(count: number, path: (n: number) => string): string[] {
  return Array.from({ length: count }, (_, n) => path(n));
}

/** Job lists out of a million jobs: requests per second of one process, with tokens, and how long the slowest hundredth takes. */
export async function restApi(): Promise<Finding[]> {
  await using stack = await startStack();
  await fillJobs(stack);
  const issuer = new TokenIssuer();
  const token = await issuer.token(["api"]);
  await using service = await startService("rest-api", {
    ...stack.env,
    JWT_PUBLIC_KEY: issuer.publicKey,
    INGEST_REST_API_HTTP_PORT: "0",
  });
  const kinds = Object.entries(lists).map(([what, paths]) => ({ what, paths, seen: [] as Seen[] }));
  // The kinds take turns: the machine's slow minutes are to meet all alike. The first round warms up.
  for (let round = 0; round <= ROUNDS; round++)
    for (const { what, paths, seen } of kinds) {
      const one = await load(service, stack, paths, token);
      const { result, cpu } = one;
      note(
        `rest api, ${what} ${round}: ${result.requests.average.toFixed(0)}/s, p99 ${result.latency.p99} ms; ` +
          `CPU ms each: service + postgres + client = ${cpu.map((ms) => ms.toFixed(2)).join(" + ")}`,
      );
      if (round > 0) seen.push(one);
    }
  return kinds.map(({ what, seen }) => findingOf(what, seen, service));
}

interface Seen {
  readonly result: Result;
  /** Milliseconds per request of the service, Postgres, and what asks. */
  readonly cpu: readonly number[];
}

async function load(
  { url, pid }: ServiceRun,
  { postgresPid }: LoadStack,
  paths: readonly string[],
  token: string,
): Promise<Seen> {
  const headers = { authorization: `Bearer ${token}` };
  for (const path of [paths[0], paths.at(-1)]) {
    const sample = (await (await fetch(`${url}${path}`, { headers })).json()) as { items?: number };
    if (sample.items !== 25)
      throw new Error(`25 jobs were expected: ${JSON.stringify(sample).slice(0, 200)}`);
  }
  const used = () => [cpuSeconds(pid), cpuSeconds(postgresPid), ownSeconds()];
  const before = used();
  const result = await autocannon({
    url,
    requests: paths.map((path) => ({ path })),
    connections: CONNECTIONS,
    duration: SECONDS,
    headers,
  });
  if (result.non2xx + result.errors > 0)
    throw new Error(`${result.non2xx} answers and ${result.errors} connections failed`);
  const cpu = used().map((seconds, i) => ((seconds - (before[i] ?? 0)) / result["2xx"]) * 1_000);
  return { result, cpu };
}

/** Without the service, which is a child of this process. */
function ownSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000_000;
}

function findingOf(what: string, seen: readonly Seen[], service: ServiceRun): Finding {
  const results = seen.map(({ result }) => result);
  const rates = results.map(({ requests }) => requests.average);
  const rate = median(rates);
  const p99 = median(results.map(({ latency }) => latency.p99));
  const bytes = (results[0]?.throughput.average ?? 0) / (results[0]?.requests.average ?? 1);
  const cpu = (i: number): string => median(seen.map((one) => one.cpu[i] ?? 0)).toFixed(2);
  return {
    what: `job lists of 25 out of 1 M, ${what}`,
    figure: `${rate.toFixed(0)} requests/s`,
    goal: `≥ ${GOAL}`,
    met: rate >= GOAL,
    detail:
      `p99 ${p99} ms at ${CONNECTIONS} connections, everything on the same cores; ${(bytes / 1_000).toFixed(1)} kB each; ` +
      `rounds ${rates.map((one) => one.toFixed(0)).join(" ")}; ` +
      `CPU ms each: service + postgres + client = ${cpu(0)} + ${cpu(1)} + ${cpu(2)}; peak RSS ${service.memory().peak.toFixed(0)} MB`,
  };
}

/**
 * A million jobs on three clusters, of a hundred users: most of one node, one in twenty of four; one in a thousand is running, one in
 * ten has tags.
 */
async function fillJobs({ databaseUrl }: LoadStack): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(`
    INSERT INTO job (job_id, cluster, subcluster, start_time, hpc_user, project, cluster_partition, walltime, job_state,
      duration, stop_time, stop_source, stop_names_cluster, stop_names_start, meta_data, resources, num_nodes,
      num_hwthreads, event_time, start_digest)
    SELECT n, 'cluster' || n % ${CLUSTERS}, 'main', start, 'user' || n % ${USERS}, 'project' || n % 40, 'singlenode', 86400,
      CASE WHEN running THEN 'running' ELSE 'completed' END, CASE WHEN running THEN 0 ELSE 3600 END,
      CASE WHEN NOT running THEN start + 3600 END, CASE WHEN NOT running THEN 'event' END,
      CASE WHEN NOT running THEN true END, CASE WHEN NOT running THEN false END, '{"jobName":"lbm"}',
      (SELECT jsonb_agg(jsonb_build_object('hostname', 'f' || lpad(((n + host) % 1000)::text, 4, '0'), 'hwthreads', '[0,1,2,3]'::jsonb))
        FROM generate_series(1, nodes) AS host),
      nodes, nodes * 4, start * 1000000000, n
    FROM (SELECT n, n % 1000 = 0 AS running, CASE WHEN n % 20 = 0 THEN 4 ELSE 1 END AS nodes, ${FIRST_START} + n * ${START_EVERY} AS start
      FROM generate_series(1::bigint, ${JOBS}) AS n) AS made`);
  await client.query(`
    INSERT INTO tag (tag_type, tag_name, tag_scope) SELECT 'type' || n % 5, 'name' || n, 'global' FROM generate_series(1, ${TAGS}) AS n`);
  await client.query(`
    INSERT INTO jobtag (job_id, tag_id) SELECT job.id, tag.id FROM job, LATERAL (
      SELECT id FROM tag ORDER BY (id + job.id) % ${TAGS} LIMIT 1 + job.id % 2) AS tag WHERE job.id % 10 = 3`);
  await client.query("VACUUM ANALYZE");
  await client.query("CHECKPOINT");
  await client.end();
}
