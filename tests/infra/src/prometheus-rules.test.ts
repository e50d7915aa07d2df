import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { findPrometheus } from "@cc-ingest/devstack";
import { beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { RULES, ruleTests, rules } from "./alerts.js";
import { read, root } from "./workspace.js";

interface RuleTest {
  readonly alert_rule_test: readonly {
    readonly alertname: string;
    readonly exp_alerts: readonly unknown[];
  }[];
}

let promtool = "";

beforeAll(async () => {
  ({ promtool } = await findPrometheus());
}, 180_000);

/** Rejects with what promtool says when it is not content. */
const run = async (...args: string[]): Promise<string> => {
  const { stdout, stderr } = await promisify(execFile)(promtool, args, { cwd: root });
  return stdout + stderr;
};

test("promtool takes the rules and the configuration", async () => {
  expect(await run("check", "rules", "--lint-fatal", RULES)).toContain(`${rules.length} rules found`);
  expect(await run("check", "config", "--lint-fatal", "infra/prometheus/prometheus.yml")).toContain(
    "is valid",
  );
});

test("every alert fires when it should, says what is the matter, and keeps quiet when it is not", async () => {
  expect(await run("test", "rules", ...ruleTests)).not.toContain("FAILED");
}, 60_000);

test("each alert has a severity, a summary and a runbook, and a test in which it fires and one in which it does not", () => {
  const cases = ruleTests
    .flatMap((file) => (parse(read(file)) as { tests: RuleTest[] }).tests)
    .flatMap(({ alert_rule_test }) => alert_rule_test);
  const tested = (name: string, fires: boolean): boolean =>
    cases.some(({ alertname, exp_alerts }) => alertname === name && exp_alerts.length > 0 === fires);
  expect(rules.length).toBeGreaterThan(10);
  for (const { alert, labels, annotations } of rules) {
    const runbook = /^\{\{ \$externalLabels\.runbooks \}\}\/([\w-]+\.md)$/.exec(
      annotations["runbook_url"] ?? "",
    );
    expect({
      alert,
      severity: labels["severity"],
      summary: annotations["summary"],
      runbook: existsSync(`${root}infra/runbooks/${runbook?.[1]}`),
      fires: tested(alert, true),
      keepsQuiet: tested(alert, false),
    }).toEqual({
      alert,
      severity: expect.stringMatching(/^(critical|warning)$/),
      summary: expect.stringMatching(/^.{20,200}\.$/),
      runbook: true,
      fires: true,
      keepsQuiet: true,
    });
  }
});
