import { readFileSync } from "node:fs";
import { interpolatePromql } from "@cc-ingest/grafana";
import { parser } from "@prometheus-io/lezer-promql";

export const rulesFile = new URL("../../../../infra/prometheus/rules/cc-ingest.yaml", import.meta.url);

/** The metrics that an expression reads. */
export function metricNames(expr: string): string[] {
  const text = interpolatePromql(expr, { from: 0, to: 3600, step: 60 }, { service: "ingest-jobs" }, 15);
  const names: string[] = [];
  parser.parse(text).iterate({
    enter: ({ name, from, to }) => {
      if (name === "⚠") throw new Error(`this is no PromQL: ${text}`);
      if (name === "Identifier") names.push(text.slice(from, to));
    },
  });
  return names;
}

interface RulesFile {
  readonly groups: readonly { readonly rules: readonly { readonly expr: string }[] }[];
}

export function alertExpressions(parse: (text: string) => unknown): string[] {
  const { groups } = parse(readFileSync(rulesFile, "utf8")) as RulesFile;
  return groups.flatMap(({ rules }) => rules.map(({ expr }) => expr));
}
