import { findPrometheus, startPrometheus } from "@cc-ingest/devstack";
import {
  type PromQuery,
  type Range,
  dashboards as specs,
  interpolatePromql,
  panelsOf,
  rangeOf,
} from "@cc-ingest/grafana";
import { drained } from "../backlog.ts";
import { jobMessages } from "../messages.ts";
import { METRIC_DAYS, SCRAPE_SECONDS, fillMetricHistory } from "../metric-history.ts";
import { nodeReports } from "../node-reports.ts";
import { noteSlow, spanOf, timePanel } from "../panel-timing.ts";
import type { Finding } from "../report.ts";
import { startService } from "../service.ts";
import { jobFeed, nodeFeed, publishAll, startStack } from "../stack.ts";

const DAY = 86_400;
const REPLICAS = 2;
const CHOICES = { service: ["ingest-jobs", "ingest-nodestate"] };

/** Every query to Prometheus of every dashboard, over what the dashboard shows at first and over a week. */
export async function dashboardsPrometheus(): Promise<Finding[]> {
  const scraped = await scrapeServices();
  const binaries = await findPrometheus();
  const end = Math.floor(Date.now() / 1000 / SCRAPE_SECONDS) * SCRAPE_SECONDS;
  let size = "";
  await using prometheus = await startPrometheus({
    config: "scrape_configs: []",
    binaries,
    async fill(store) {
      const { series, samples } = await fillMetricHistory(binaries.promtool, store, scraped, REPLICAS, end);
      size = `Prometheus ${binaries.version}, ${METRIC_DAYS} days of ${REPLICAS} replicas of each service: ${series} series, ${(samples / 1e6).toFixed(0)} M samples`;
    },
  });
  const findings: Finding[] = [];
  for (const spec of specs) {
    for (const panel of panelsOf(spec)) {
      // No step is narrower than the scrapes, as the data source is told.
      const { points = 1000, interval = `${SCRAPE_SECONDS}s` } = panel.kind === "graph" ? panel : {};
      for (const query of panel.queries) {
        if (query.source !== "prometheus") continue;
        for (const span of [spanOf(spec), METRIC_DAYS * DAY]) {
          const range = rangeOf(end - span, end - SCRAPE_SECONDS, points, interval);
          const name = [spec.title, panel.title, ...(panel.queries.length > 1 ? [query.legend] : [])].join(
            ": ",
          );
          const shown = `${name}, ${span / 3600} h shown`;
          findings.push(await timePanel(shown, size, () => ask(prometheus.url, query, range)));
        }
      }
    }
  }
  noteSlow(findings);
  return findings;
}

/** What one replica of each service puts out after some messages, so that every series is there. */
async function scrapeServices(): Promise<string[]> {
  await using stack = await startStack();
  await using jobs = await startService(jobFeed.durable, stack.env);
  await using nodes = await startService(nodeFeed.durable, stack.env);
  await publishAll(stack.nats, jobFeed.subject, jobMessages({ jobs: 100, seed: 1, startsOnly: false }));
  await publishAll(
    stack.nats,
    nodeFeed.subject,
    nodeReports({ nodes: 100, reports: 3, intervalSeconds: 60, seed: 1 }),
  );
  for (const feed of [jobFeed, nodeFeed]) await drained(stack, feed);
  return Promise.all([jobs, nodes].map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
}

/** As Grafana asks: over the range for a graph, at its end for a single value. */
async function ask(url: string, { expr, instant }: PromQuery, range: Range): Promise<string> {
  const query = interpolatePromql(expr, range, CHOICES, SCRAPE_SECONDS);
  const [start, end, step] = [range.from, range.to, range.step].map(String) as [string, string, string];
  const [path, when] = instant ? ["query", { time: end }] : ["query_range", { start, end, step }];
  const body = new URLSearchParams({ query, ...when } as Record<string, string>);
  const response = await fetch(`${url}/api/v1/${path}`, { method: "POST", body });
  const answer = (await response.json()) as { error?: string; data?: { result: readonly unknown[] } };
  if (answer.data === undefined || answer.data.result.length === 0)
    throw new Error(`${query} gives nothing${answer.error === undefined ? "" : `: ${answer.error}`}`);
  return `${answer.data.result.length} series`;
}
