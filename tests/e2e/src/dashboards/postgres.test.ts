import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { useTempDirectory } from "@cc-ingest/devstack/testing";
import { type Choices, dashboards, panelsOf, rangeOf } from "@cc-ingest/grafana";
import { describe, expect, test } from "vitest";
import { definitionsOf, nodesLine, startLine, stopLine } from "../testing/fixtures.js";
import { JOBS, NODES, useStack } from "../testing/stack.js";
import { type Answer, askSql, columnsOfNothing, numbersIn } from "./sql-answers.js";
import { useReader } from "./use-reader.js";

const stack = useStack();
const directory = useTempDirectory();
const reader = useReader(stack);

const HOUR = 3600;
const now = Math.floor(Date.now() / 1000);
const idle: Choices = { cluster: "nobody", node: "nobody", stale: "600" };
const busy: Choices = { cluster: "fritz", node: "f0101", stale: "600" };

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
  return askSql(reader(), query, range, choices);
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
    await running("ingest-nodestate", await definitionOfAll());
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
    expect(columnsOfNothing(answer)).toEqual([]);
  });

  test.each(variables)("$dashboard: the variable $name offers what there is", async ({ name, query }) => {
    const { rows } = await askSql(reader(), { sql: query }, rangeOf(0, 1, 1), busy);
    expect(rows.map((row) => Object.values(row))).toContainEqual([busy[name]]);
  });

  test.each<[string, string, Record<string, unknown>]>([
    ["Jobs", "Jobs ended", { value: "14" }],
    ["Jobs", "Failed share", { value: expect.closeTo(400 / 14, 5) }],
    ["Jobs", "Ended without a stop", { value: "1" }],
    ["Jobs", "Node-hours by user", { user: "k106eb10", jobs: "16" }],
    ["Jobs", "Failures by node", { hostname: "f0720", failures: "4", users: "1" }],
    ["Jobs", "Stops that wait for their start", { job: "900", cluster: "fritz", state: "completed" }],
    ["Jobs", "Dead letters by reason", { reason: "absurd_time", letters: "1" }],
    ["Cluster now", "Nodes per state", { state: "down", nodes: "1" }],
    ["Cluster now", "CPUs", { allocated: expect.closeTo(100 / 3, 5) }],
    ["Cluster now", "Memory", { allocated: expect.closeTo(100_000 / (3 * 256_000), 5) }],
    ["Cluster now", "GPUs", { allocated: expect.closeTo(100 / 3, 5) }],
    ["Cluster now", "Running jobs", { running: "2" }],
    ["Cluster now", "Their nodes", { running: "2" }],
    ["Cluster now", "Their GPUs", { running: "8" }],
    ["Cluster now", "Waiting stops", { count: "1" }],
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
    ["Nodes over time", "Nodes per state", { metric: "down", value: "1" }],
    [
      "Nodes over time",
      "Busy and available share",
      { busy: expect.closeTo(1 / 3, 5), available: expect.closeTo(2 / 3, 5) },
    ],
    ["Nodes over time", "States of the chosen node", { state: "allocated" }],
    ["Nodes over time", "Hardware threads and jobs of the chosen node", { hwthreads: 72, jobs: 1 }],
    ["Nodes over time", "Nodes going down", { "went down": "1" }],
    ["Nodes over time", "Nodes that were down", { value: "1" }],
    ["Nodes over time", "Longest down", { hostname: "f0102", "times down": "3" }],
    ["Nodes over time", "Flapping nodes", { value: "1" }],
    ["Nodes over time", "Flapping", { hostname: "f0102", "times down": "3" }],
    ["Nodes over time", "Time down", { value: String(2 * HOUR + 2 * 600) }],
  ])("%s: %s tells what was published", async (dashboard, title, expected) => {
    const each = panels.find((panel) => panel.dashboard === dashboard && panel.title === title);
    if (each === undefined) throw new Error(`there is no panel ${title}`);
    expect((await ask(each, busy)).rows).toContainEqual(expect.objectContaining(expected));
  });
});

/** The definition of fritz, whose nodes have GPUs here, and tell how much memory. */
async function definitionOfAll(): Promise<Record<string, string>> {
  const [name, path] = Object.entries(definitionsOf("fritz"))[0] ?? ["", ""];
  const definition = JSON.parse(await readFile(path, "utf8")) as {
    metricConfig: object[];
    subClusters: { topology: object }[];
  };
  for (const { topology } of definition.subClusters)
    Object.assign(topology, { accelerators: [{ id: "0", type: "Nvidia GPU", model: "A100" }] });
  definition.metricConfig.push({
    ...definition.metricConfig[0],
    name: "mem_used",
    unit: { base: "B", prefix: "G" },
    peak: 256,
  });
  const own = join(directory(), "cluster.json");
  await writeFile(own, JSON.stringify(definition));
  return { [name]: own };
}

/** How thirteen jobs end, four of them by the fault of job or node. */
const ENDS = [
  "failed",
  "node_fail",
  "boot_fail",
  "out_of_memory",
  "cancelled",
  "timeout",
  "deadline",
  "preempted",
  ...Array.from({ length: 5 }, () => "completed"),
];

/** Thirteen that ended, one that a later run superseded, one that is overdue, a stop without a start, a bad start. */
function jobLines(): string[] {
  const begin = now - 5 * HOUR;
  const job = { submitTime: begin - 60, walltime: 2 * HOUR, numHwthreads: 72, numAcc: 4 };
  const ended = ENDS.map((jobState, i) => [
    startLine(100 + i, begin + i * 60, job),
    stopLine(100 + i, begin + HOUR + i * 60, { jobState }),
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
    ...[now - HOUR, now].map((time) =>
      nodesLine(time, ["f0101"], {
        states: ["allocated"],
        cpusAllocated: 72,
        memoryAllocated: 1000,
        gpusAllocated: 1,
        jobsRunning: 1,
      }),
    ),
  ];
}
