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

/** Lists of 25 jobs as scripts and pages ask for them: the newest, a filter, and a place deep in the list. */
const lists: Readonly<Record<string, string>> = {
  "the newest": "/api/jobs/",
  "running on one cluster": "/api/jobs/?state=running&cluster=cluster1",
  "of one user": "/api/jobs/?user=user17",
  "half a million jobs deep": "/api/jobs/?after=1750000000.500000",
};

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
  const findings: Finding[] = [];
  for (const [what, path] of Object.entries(lists)) {
    const results: Result[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const result = await load(service, path, token);
      note(
        `rest api, ${what} ${round}: ${result.requests.average.toFixed(0)}/s, p99 ${result.latency.p99} ms`,
      );
      if (round > 0) results.push(result);
    }
    findings.push(findingOf(what, results, service, stack));
  }
  return findings;
}

async function load({ url }: ServiceRun, path: string, token: string): Promise<Result> {
  const headers = { authorization: `Bearer ${token}` };
  const sample = (await (await fetch(`${url}${path}`, { headers })).json()) as { items?: number };
  if (sample.items !== 25) throw new Error(`25 jobs were expected: ${JSON.stringify(sample).slice(0, 200)}`);
  const result = await autocannon({
    url: `${url}${path}`,
    connections: CONNECTIONS,
    duration: SECONDS,
    headers,
  });
  if (result.non2xx + result.errors > 0)
    throw new Error(`${result.non2xx} answers and ${result.errors} connections failed`);
  return result;
}

function findingOf(what: string, results: readonly Result[], service: ServiceRun, stack: LoadStack): Finding {
  const rate = median(results.map(({ requests }) => requests.average));
  const p99 = median(results.map(({ latency }) => latency.p99));
  const bytes = (results[0]?.throughput.average ?? 0) / (results[0]?.requests.average ?? 1);
  return {
    what: `job lists of 25 out of 1 M, ${what}`,
    figure: `${rate.toFixed(0)} requests/s`,
    goal: `≥ ${GOAL}`,
    met: rate >= GOAL,
    detail:
      `p99 ${p99} ms at ${CONNECTIONS} connections, everything on the same cores; ${(bytes / 1_000).toFixed(1)} kB each; ` +
      `CPU so far: service ${cpuSeconds(service.pid).toFixed(0)} s, Postgres ${cpuSeconds(stack.postgresPid).toFixed(0)} s; ` +
      `peak RSS ${service.memory().peak.toFixed(0)} MB`,
  };
}

/** A million jobs of one node and four threads on three clusters, of a hundred users; one in a thousand is running. */
async function fillJobs({ databaseUrl }: LoadStack): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(`
    INSERT INTO job (job_id, cluster, subcluster, start_time, hpc_user, project, cluster_partition, walltime, job_state,
      duration, stop_time, stop_source, stop_names_cluster, stop_names_start, meta_data, resources, num_nodes,
      num_hwthreads, event_time, start_digest)
    SELECT n, 'cluster' || n % ${CLUSTERS}, 'main', start, 'user' || n % 100, 'project' || n % 40, 'singlenode', 86400,
      CASE WHEN running THEN 'running' ELSE 'completed' END, CASE WHEN running THEN 0 ELSE 3600 END,
      CASE WHEN NOT running THEN start + 3600 END, CASE WHEN NOT running THEN 'event' END,
      CASE WHEN NOT running THEN true END, CASE WHEN NOT running THEN false END, '{"jobName":"lbm"}',
      jsonb_build_array(jsonb_build_object('hostname', 'f' || lpad((n % 1000)::text, 4, '0'), 'hwthreads', '[0,1,2,3]'::jsonb)),
      1, 4, start * 1000000000, n
    FROM (SELECT n, n % 1000 = 0 AS running, 1740000000 + n * 20 AS start FROM generate_series(1::bigint, ${JOBS}) AS n) AS made`);
  await client.query("VACUUM ANALYZE job");
  await client.query("CHECKPOINT");
  await client.end();
}
