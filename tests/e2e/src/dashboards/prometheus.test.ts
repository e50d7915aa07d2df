import { fileURLToPath } from "node:url";
import { type Prometheus, type ServiceProcess, findPrometheus, startPrometheus } from "@cc-ingest/devstack";
import { dashboards, panelsOf, rangeOf } from "@cc-ingest/grafana";
import { expect, test, vi } from "vitest";
import { parse } from "yaml";
import { nodesLine, startLine, stopLine } from "../testing/fixtures.js";
import { until } from "../testing/service-process.js";
import { JOBS, NODES, useStack } from "../testing/stack.js";
import { alertExpressions, metricNames, rulesFile } from "./metric-names.js";
import { type Series, api, askProm } from "./prom-answers.js";

const stack = useStack();
const SCRAPE_SECONDS = 1;
const CHOICES = { service: ["ingest-jobs", "ingest-nodestate"] };

const panels = dashboards.flatMap((spec) =>
  panelsOf(spec).flatMap((panel) =>
    panel.queries.flatMap((query) => (query.source === "prometheus" ? [{ title: panel.title, query }] : [])),
  ),
);
const variables = dashboards.flatMap((spec) =>
  spec.variables.flatMap((variable) =>
    variable.kind === "query" && variable.source === "prometheus" ? [variable.query] : [],
  ),
);

/** What a healthy service without messages may show more than 0 of. */
const aliveWhenIdle = new Set([
  "Broker and consumer",
  "Replicas",
  "Delay of the event loop",
  "Database connections in use",
]);
/** What traffic without trouble shows nothing of, or for so short that no scrape may see it. */
const quiet = new Set([
  "Lag",
  "Lag over time",
  "Oldest unprocessed",
  "Batches in flight",
  "Database connections in use",
  "Overdue stops",
  "Retries and reconnects per second",
  "Database errors per second",
  "Redelivered share",
  "Waiting for a connection",
  "Room in the streams",
  "Catching up after a restore",
  "Reapplied messages and retired days per second",
  "Closed by walltime",
  "Streams replaced",
  "Missing events",
]);

async function scraping(services: readonly ServiceProcess[]): Promise<Prometheus> {
  const targets = await Promise.all(
    services.map(async (service) => new URL(String((await service.logged("started"))["url"])).host),
  );
  const config = {
    global: { scrape_interval: `${SCRAPE_SECONDS}s`, evaluation_interval: `${SCRAPE_SECONDS}s` },
    rule_files: [fileURLToPath(rulesFile)],
    scrape_configs: [{ job_name: "cc-ingest", static_configs: [{ targets }] }],
  };
  return startPrometheus({ config: JSON.stringify(config), binaries: await findPrometheus() });
}

/** Waits until an expression has a value, and that is more than `least`. */
async function reaches(url: string, expr: string, least: number): Promise<void> {
  const now = { from: 0, to: 0, step: 1 };
  await vi.waitFor(async () => {
    const range = { ...now, to: Date.now() / 1000 };
    const [first] = await askProm(url, { expr, instant: true }, range, {}, SCRAPE_SECONDS);
    expect(first?.numbers[0] ?? 0).toBeGreaterThan(least);
  }, until);
}

async function askAll(
  url: string,
): Promise<{ title: string; answer: Series[]; query: (typeof panels)[number]["query"] }[]> {
  const now = Date.now() / 1000;
  const range = rangeOf(now - 60, now, 60);
  return Promise.all(
    panels.map(async ({ title, query }) => ({
      title,
      query,
      answer: await askProm(url, query, range, CHOICES, SCRAPE_SECONDS),
    })),
  );
}

const labelsOf = (answer: readonly Series[]) =>
  answer.map(({ metric }) =>
    Object.keys(metric)
      .filter((name) => name !== "__name__")
      .toSorted(),
  );

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly name: string;
      readonly state: string;
      readonly health: string;
      readonly lastError?: string;
    }[];
  }[];
}

test("every query shows zeros while nothing is sent, and numbers while messages come; no alert is raised", async () => {
  const { running, publish, drained } = stack();
  const services = [await running("ingest-jobs"), await running("ingest-nodestate")];
  await using prometheus = await scraping(services);
  const { url } = prometheus;
  await reaches(url, "min(count_over_time(ingest_consumer_available[1m]))", 4);

  for (const { title, query, answer } of await askAll(url)) {
    const found = answer.flatMap(({ numbers }) => numbers);
    expect({ title, empty: answer.length === 0 && !query.mayBeEmpty }).toEqual({ title, empty: false });
    expect({ title, labels: labelsOf(answer) }).toEqual({
      title,
      labels: answer.map(() => query.labels.toSorted()),
    });
    const wrong = aliveWhenIdle.has(title) ? [] : found.filter((value) => value !== 0);
    expect({ title, wrong }).toEqual({ title, wrong: [] });
  }
  const { groups } = await api<Rules>(url, "rules");
  const rules = groups.flatMap((group) => group.rules);
  expect(rules.length).toBeGreaterThan(10);
  expect(rules.filter(({ health, state }) => health !== "ok" || state !== "inactive")).toEqual([]);

  const now = Math.floor(Date.now() / 1000);
  // A histogram begins with its first value, and a rate with the second scrape that sees it.
  await publish(JOBS, startLine(1, now - 60));
  await publish(NODES, nodesLine(now - 60, ["f0101"]));
  await reaches(url, "count(ingest_event_to_broker_seconds_count > 0)", 1);
  for (let i = 2; i <= 300; i++) await publish(JOBS, startLine(i, now - 60 + (i % 60)));
  await publish(JOBS, stopLine(9000, now));
  await publish(JOBS, 'job,function=start_job event="{nonsense"');
  for (let i = 0; i < 50; i++) await publish(NODES, nodesLine(now - i, ["f0101", "f0102"]));
  await publish(NODES, nodesLine(1, ["f0101"]));
  await drained("ingest-jobs");
  await drained("ingest-nodestate");
  await reaches(url, 'sum(ingest_events_total{service="ingest-jobs"})', 301);
  await reaches(url, 'sum(ingest_events_total{service="ingest-nodestate"})', 50);
  await reaches(url, "min(ingest_dead_letters_open)", 0);
  await reaches(url, 'max(ingest_parked_stops{service="ingest-jobs"})', 0);
  await reaches(url, "max(ingest_stream_messages)", 300);

  for (const { title, query, answer } of await askAll(url)) {
    const found = answer.flatMap(({ numbers }) => numbers);
    expect({ title, empty: answer.length === 0 }).toEqual({ title, empty: false });
    expect({ title, labels: labelsOf(answer) }).toEqual({
      title,
      labels: answer.map(() => query.labels.toSorted()),
    });
    expect({ title, odd: found.filter((value) => !Number.isFinite(value) || value < 0) }).toEqual({
      title,
      odd: [],
    });
    expect({ title, tells: quiet.has(title) || found.some((value) => value > 0) }).toEqual({
      title,
      tells: true,
    });
  }

  const exported = new Set(await api<string[]>(url, "label/__name__/values"));
  const expressions = [...panels.map(({ query }) => query.expr), ...alertExpressions(parse)];
  const named = new Set(expressions.flatMap(metricNames));
  expect(named.size).toBeGreaterThan(30);
  expect([...named].filter((name) => !exported.has(name))).toEqual([]);
  for (const query of variables) {
    const [, metric = "", label = ""] = /^label_values\((\w+), (\w+)\)$/.exec(query) ?? [];
    const values = await api<string[]>(url, `label/${label}/values`, { "match[]": metric });
    expect(values).toEqual(CHOICES.service);
  }
});
