import { parseArgs } from "node:util";
import { type Finding, asTable, note } from "./report.ts";
import { consoleGrid } from "./scenarios/console-grid.ts";
import { dashboards } from "./scenarios/dashboards.ts";
import { dashboardsPrometheus } from "./scenarios/dashboards-prometheus.ts";
import { jobs } from "./scenarios/jobs.ts";
import { largeTable } from "./scenarios/large-table.ts";
import { latency } from "./scenarios/latency.ts";
import { manyNodes } from "./scenarios/many-nodes.ts";
import { memory } from "./scenarios/memory.ts";
import { nodeQuestions } from "./scenarios/node-questions.ts";
import { nodestate, nodestateBusy } from "./scenarios/nodestate.ts";
import { replicas } from "./scenarios/replicas.ts";
import { restApi } from "./scenarios/rest-api.ts";
import { retention } from "./scenarios/retention.ts";
import { tracing } from "./scenarios/tracing.ts";

const scenarios: Readonly<Record<string, () => Promise<Finding | readonly Finding[]>>> = {
  starts: () => jobs({ name: "starts", jobs: 150_000, rounds: 7, startsOnly: true, goal: 0.6 }),
  "starts-quiet": () =>
    jobs({
      name: "starts without lifecycle events",
      jobs: 150_000,
      rounds: 7,
      startsOnly: true,
      goal: 0.6,
      env: { INGEST_LIFECYCLE_EVENTS: "off" },
    }),
  shuffled: () =>
    jobs({ name: "shuffled starts and stops", jobs: 75_000, rounds: 7, startsOnly: false, goal: 0.4 }),
  latency,
  memory,
  replicas,
  "large-table": largeTable,
  nodestate,
  "nodestate-busy": nodestateBusy,
  "many-nodes": manyNodes,
  "node-questions": nodeQuestions,
  dashboards,
  "dashboards-prometheus": dashboardsPrometheus,
  retention,
  "rest-api": restApi,
  "console-grid": consoleGrid,
  tracing,
};

const HELP = `Measures the services beside what Postgres itself takes, and writes a table.

  pnpm load [scenario …]

Scenarios, all of them when none is named: ${Object.keys(scenarios).join(", ")}.
Floor and product alternate within one run; only their ratios mean anything on a shared machine.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { help: { type: "boolean", short: "h", default: false } },
});
// Interrupted, it leaves no process behind: what it has started ends with it.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

const unknown = positionals.filter((name) => !(name in scenarios));
if (values.help) process.stdout.write(HELP);
else if (unknown.length > 0) {
  process.stderr.write(`There is no scenario ${unknown.join(", ")}.\n\n${HELP}`);
  process.exitCode = 2;
} else {
  const findings: Finding[] = [];
  for (const [name, run] of Object.entries(scenarios)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    note(`== ${name}`);
    findings.push(...[await run()].flat());
  }
  process.stdout.write(asTable(findings));
}
