import { type Choices, dashboards, panelsOf, rangeOf } from "@cc-ingest/grafana";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { definitionsOf, nodesLine, startLine, stopLine } from "../testing/fixtures.js";
import { JOBS, NODES, useStack } from "../testing/stack.js";
import { type Answer, askSql, numbersIn } from "./sql-answers.js";

const stack = useStack();
let reader: pg.Client;

beforeAll(async () => {
  reader = new pg.Client({ connectionString: stack().readerUrl });
  await reader.connect();
});
afterAll(() => reader.end());

const HOUR = 3600;
const now = Math.floor(Date.now() / 1000);
const idle: Choices = { cluster: "nobody", node: "nobody", stale: "600" };
const busy: Choices = { cluster: "fritz", node: "f0101", stale: "600" };

/** The cluster's nodes have no GPUs, and its definition does not say how much memory. */
const ofWhatFritzHasNot = new Set(["GPUs", "Memory"]);

const panels = dashboards.flatMap((spec) =>
  panelsOf(spec).flatMap((panel) =>
    panel.queries.flatMap((query) =>
      query.source === "postgres" ? [{ dashboard: spec.title, title: panel.title, panel, query }] : [],
    ),
  ),
);
const variables = dashboards.flatMap((spec) =>
  spec.variables.flatMap((variable) =>
    variable.kind === "query" && variable.source === "postgres"
      ? [{ dashboard: spec.title, ...variable }]
      : [],
  ),
);

function ask({ panel, query }: (typeof panels)[number], choices: Choices): Promise<Answer> {
  const { points = 1000, interval = "1m" } = panel.kind === "graph" ? panel : {};
  const range = rangeOf(now - 6 * HOUR, now, points, interval);
  return askSql(reader, query, range, choices);
}

describe("with nothing in the tables", () => {
  test.each(panels)("$dashboard: $title shows zeros", async (each) => {
    const answer = await ask(each, idle);
    expect(answer.columns).toEqual(each.query.columns);
    expect(numbersIn(answer).filter((value) => value !== 0)).toEqual([]);
    expect(answer.rows.length > 0).toBe(!each.query.mayBeEmpty);
  });
});

describe("with the jobs and nodes of some hours", () => {
  test("are applied", async () => {
    const { running, publish, drained } = stack();
    await running("ingest-jobs");
    await running("ingest-nodestate", definitionsOf("fritz"));
    for (const line of jobLines()) await publish(JOBS, line);
    for (const line of nodeLines()) await publish(NODES, line);
    await drained("ingest-jobs");
    await drained("ingest-nodestate");
    expect(await stack().db.selectFrom("job").select("id").execute()).toHaveLength(16);
  });

  test.each(panels)("$dashboard: $title shows them", async (each) => {
    const answer = await ask(each, busy);
    expect(answer.columns).toEqual(each.query.columns);
    expect(answer.rows.length).toBeGreaterThan(0);
    const numbers = numbersIn(answer);
    expect(numbers.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
    const tellsNumbers = Object.values(answer.columns).includes("number");
    expect(numbers.some((value) => value > 0)).toBe(tellsNumbers && !ofWhatFritzHasNot.has(each.title));
  });

  test.each(variables)("$dashboard: the variable $name offers what there is", async ({ name, query }) => {
    const { rows } = await askSql(reader, { sql: query }, rangeOf(0, 1, 1), busy);
    expect(rows.map((row) => Object.values(row))).toContainEqual([busy[name]]);
  });

  test.each<[string, string, Record<string, unknown>]>([
    ["Jobs", "Jobs ended", { value: "14" }],
    ["Jobs", "Failed share", { value: expect.closeTo(400 / 14, 5) }],
    ["Jobs", "Ended without a stop", { value: "1" }],
    ["Jobs", "Node-hours by user", { user: "k106eb10", jobs: "16" }],
    ["Jobs", "Failures by node", { hostname: "f0720", failures: "4", users: "1" }],
    ["Jobs", "Stops that wait for their start", { job: "900", cluster: "fritz", state: "completed" }],
    ["Cluster now", "Overdue jobs", { count: "1" }],
    ["Cluster now", "Which jobs are overdue", { job: "800", overdue: expect.any(String) }],
    ["Cluster now", "Stale nodes", { count: "1" }],
    ["Cluster now", "Which nodes are stale", { hostname: "f0103" }],
    ["Cluster now", "Which nodes are down, drained or failing", { hostname: "f0102", states: "down drain" }],
    ["Cluster now", "Running jobs by partition", { partition: "singlenode", jobs: "2", nodes: "2" }],
    ["Cluster now", "Dead letters", { count: "1" }],
    [
      "Cluster now",
      "Allocated of what there is",
      { subcluster: "main", "cpus %": expect.closeTo(100 / 3, 5) },
    ],
    ["Cluster now", "Nodes", { hostname: "f0103", state: 6 }],
    ["Nodes over time", "Flapping nodes", { value: "1" }],
    ["Nodes over time", "Flapping", { hostname: "f0102", "times down": "3" }],
    ["Nodes over time", "Time down", { value: String(2 * HOUR + 2 * 600) }],
  ])("%s: %s tells what was published", async (dashboard, title, expected) => {
    const each = panels.find((panel) => panel.dashboard === dashboard && panel.title === title);
    if (each === undefined) throw new Error(`there is no panel ${title}`);
    expect((await ask(each, busy)).rows).toContainEqual(expect.objectContaining(expected));
  });
});

/** Nine that completed, four that failed, one that a later run superseded, one that is overdue, a stop without a start, a bad start. */
function jobLines(): string[] {
  const begin = now - 5 * HOUR;
  const job = { submitTime: begin - 60, walltime: 2 * HOUR, numHwthreads: 72, numAcc: 4 };
  const ended = Array.from({ length: 13 }, (_, i) => [
    startLine(100 + i, begin + i * 60, job),
    stopLine(100 + i, begin + HOUR + i * 60, { jobState: i < 9 ? "completed" : "failed" }),
  ]);
  return [
    ...ended.flat(),
    startLine(700, begin, job),
    startLine(700, begin + HOUR, { ...job, walltime: 24 * HOUR }),
    startLine(800, begin, job),
    stopLine(900, now - 2 * HOUR),
    startLine(901, 17, job),
  ];
}

/** f0101 is allocated, f0102 goes down three times and stays so, f0103 has been silent for long. */
function nodeLines(): string[] {
  const down = { states: ["down", "drain"] };
  const twice = [now - 4 * HOUR, now - 3 * HOUR].flatMap((time) => [
    nodesLine(time, ["f0102"], down),
    nodesLine(time + 600, ["f0102"]),
  ]);
  return [
    nodesLine(now - 5 * HOUR, ["f0101", "f0102", "f0103"]),
    ...twice,
    nodesLine(now - 2 * HOUR, ["f0102"], down),
    nodesLine(now, ["f0102"], down),
    nodesLine(now, ["f0101"], {
      states: ["allocated"],
      cpusAllocated: 72,
      memoryAllocated: 1000,
      jobsRunning: 1,
    }),
  ];
}
