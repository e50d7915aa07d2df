import { type PromQuery, dashboards } from "@cc-ingest/grafana";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { nodesLine, startLine, stopLine } from "../testing/fixtures.js";
import { JOBS, NODES, useStack } from "../testing/stack.js";
import { alertExpressions, metricNames } from "./metric-names.js";
import { type Series, api } from "./prom-answers.js";
import { quiet } from "./quiet.js";
import { CHOICES, type Scraping, panels, scraping } from "./scraping.js";

const stack = useStack();
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
const askAll = ({ ask }: Scraping): Promise<{ title: string; answer: Series[]; query: PromQuery }[]> =>
  Promise.all(panels.map(async ({ title, query }) => ({ title, query, answer: await ask(query) })));

const labelsOf = (answer: readonly Series[]) =>
  answer.map(({ metric }) =>
    Object.keys(metric)
      .filter((name) => name !== "__name__")
      .toSorted(),
  );

test("every query shows zeros while nothing is sent, and numbers while messages come; no alert is raised", async () => {
  const { running, publish, drained } = stack();
  const services = [await running("ingest-jobs"), await running("ingest-nodestate")];
  await using prometheus = await scraping(services);
  const { url, reaches } = prometheus;
  await reaches("min(count_over_time(ingest_consumer_available[1m]))", 4);

  for (const { title, query, answer } of await askAll(prometheus)) {
    const found = answer.flatMap(({ numbers }) => numbers);
    expect({ title, empty: answer.length === 0 && !query.mayBeEmpty }).toEqual({ title, empty: false });
    expect({ title, labels: labelsOf(answer) }).toEqual({
      title,
      labels: answer.map(() => query.labels.toSorted()),
    });
    const wrong = aliveWhenIdle.has(title) ? [] : found.filter((value) => value !== 0);
    expect({ title, wrong }).toEqual({ title, wrong: [] });
  }
  const alerts = await prometheus.alerts();
  expect(alerts.length).toBeGreaterThan(10);
  expect(alerts.filter(({ health, state }) => health !== "ok" || state !== "inactive")).toEqual([]);

  const now = Math.floor(Date.now() / 1000);
  // A histogram begins with its first value, and a rate with the second scrape that sees it.
  await publish(JOBS, startLine(1, now - 60));
  await publish(NODES, nodesLine(now - 60, ["f0101"]));
  await reaches("count(ingest_event_to_broker_seconds_count > 0)", 1);
  for (let i = 2; i <= 300; i++) await publish(JOBS, startLine(i, now - 60 + (i % 60)));
  await publish(JOBS, stopLine(9000, now));
  await publish(JOBS, 'job,function=start_job event="{nonsense"');
  for (let i = 0; i < 50; i++) await publish(NODES, nodesLine(now - i, ["f0101", "f0102"]));
  await publish(NODES, nodesLine(1, ["f0101"]));
  await drained("ingest-jobs");
  await drained("ingest-nodestate");
  await reaches('sum(ingest_events_total{service="ingest-jobs"})', 301);
  await reaches('sum(ingest_events_total{service="ingest-nodestate"})', 50);
  await reaches("min(ingest_dead_letters_open)", 0);
  await reaches('max(ingest_parked_stops{service="ingest-jobs"})', 0);
  await reaches("max(ingest_stream_messages)", 300);

  for (const { title, query, answer } of await askAll(prometheus)) {
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
