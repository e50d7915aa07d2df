import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { findPrometheus } from "@cc-ingest/devstack";
import { useTempDirectory } from "@cc-ingest/devstack/testing";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { type Rule, ruleTests, rules, rulesFile } from "./alerts.js";
import { root } from "./workspace.js";

const directory = useTempDirectory();

/** A rule that is a little different from ours. */
interface Changed {
  readonly what: string;
  readonly rule: Rule;
}

/** Each number of the expression that is no part of a duration or a label, a little smaller and a little larger. */
function otherThresholds(rule: Rule): Changed[] {
  return [...rule.expr.matchAll(/(?<=[ (])\d+(?:\.\d+)?(?=[,)\s]|$)/g)].flatMap(({ 0: number, index }) => {
    const [step, digits] = number.includes(".") ? [0.01, 2] : [1, 0];
    return [-step, step].map((by) => {
      const other = (Number(number) + by).toFixed(digits);
      const expr = rule.expr.slice(0, index) + other + rule.expr.slice(index + number.length);
      return { what: `${rule.alert}: ${other} for ${number} at ${index}`, rule: { ...rule, expr } };
    });
  });
}

function otherTimes(rule: Rule): Changed[] {
  const minutes = Number(/^(\d+)m$/.exec(rule.for)?.[1]);
  return [minutes - 1, minutes + 1].map((other) => ({
    what: `${rule.alert}: for ${other}m, not ${rule.for}`,
    rule: { ...rule, for: `${other}m` },
  }));
}

/** The alerts whose tests notice, when all of these stand in the place of ours. */
async function noticed(promtool: string, changed: readonly Changed[]): Promise<Set<string>> {
  const others = new Map(changed.map(({ rule }) => [rule.alert, rule]));
  const groups = rulesFile.groups.map((group) => ({
    ...group,
    rules: group.rules.map((rule) => others.get(rule.alert) ?? rule),
  }));
  for (const folder of ["rules", "tests"]) mkdirSync(join(directory(), folder), { recursive: true });
  writeFileSync(join(directory(), "rules/cc-ingest.yaml"), stringify({ groups }));
  const tests = ruleTests.map((file) => join(directory(), "tests", basename(file)));
  for (const [index, file] of ruleTests.entries()) copyFileSync(`${root}${file}`, tests[index] ?? "");
  const output = await promisify(execFile)(promtool, ["test", "rules", ...tests]).then(
    () => "",
    ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr,
  );
  return new Set([...output.matchAll(/alertname: (\w+), time/g)].map(([, alert = ""]) => alert));
}

test.each([
  { what: "threshold", change: otherThresholds, least: 40 },
  { what: "time", change: otherTimes, least: 2 * rules.length },
])(
  "a $what of an alert that were a little different would be noticed by its tests",
  async ({ change, least }) => {
    const { promtool } = await findPrometheus();
    expect(await noticed(promtool, [])).toEqual(new Set());
    const changed = rules.map(change);
    expect(changed.flat().length).toBeGreaterThanOrEqual(least);
    const unnoticed: string[] = [];
    // One change of each alert at a time: they do not know of each other.
    for (let nth = 0; changed.some((each) => nth < each.length); nth++) {
      const round = changed.flatMap((each) => each.slice(nth, nth + 1));
      const found = await noticed(promtool, round);
      unnoticed.push(...round.filter(({ rule }) => !found.has(rule.alert)).map(({ what }) => what));
    }
    expect(unnoticed).toEqual([]);
  },
);
