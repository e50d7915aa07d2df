import { globSync } from "node:fs";
import { parse } from "yaml";
import { read, root } from "./workspace.js";

export interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RulesFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}

export const RULES = "infra/prometheus/rules/cc-ingest.yaml";
export const rulesFile = parse(read(RULES)) as RulesFile;
export const rules = rulesFile.groups.flatMap((group) => group.rules);

/** Their unit tests. */
export const ruleTests = globSync("infra/prometheus/tests/*.yaml", { cwd: root }).toSorted();
