import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Config, formatProblems, loadConfig } from "@cc-ingest/config";
import { type KubernetesObject, type Workload, filesOf, ofKind, workloads } from "./objects.js";
import { read } from "../workspace.js";

/** The workloads of cc-ingest itself. */
export function ours(objects: readonly KubernetesObject[]): Workload[] {
  return workloads(objects).filter(({ labels }) => labels["app.kubernetes.io/part-of"] === "cc-ingest");
}

/** Those that serve `/readyz`, `/livez` and `/metrics`. */
export function services(objects: readonly KubernetesObject[]): Workload[] {
  return ours(objects).filter(({ labels }) => labels["app.kubernetes.io/component"] === "service");
}

/** What the mounted config.json says, and nothing else. */
export function configOf(objects: readonly KubernetesObject[]): Config {
  const maps = ofKind(objects, "ConfigMap").filter(({ metadata }) =>
    metadata.name.startsWith("cc-ingest-config"),
  );
  const text = maps.length === 1 && maps[0] !== undefined ? filesOf(maps[0])["config.json"] : undefined;
  if (text === undefined) throw new Error("there is no single ConfigMap with a config.json");
  const directory = mkdtempSync(join(tmpdir(), "cc-ingest-config-"));
  try {
    const file = join(directory, "config.json");
    writeFileSync(file, text);
    const result = loadConfig({ env: {}, file, required: ["api-subjects", "nats"] });
    if (!result.ok) throw new Error(formatProblems(result.problems));
    if (result.warnings.length > 0) throw new Error(formatProblems(result.warnings));
    return result.config;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** What an app's package starts it with, between `node` and the file. */
export function startOptions(app: string): string {
  const { scripts } = JSON.parse(read(`apps/${app}/package.json`)) as { scripts: { start: string } };
  return scripts.start.split(" ").slice(1, -1).join(" ");
}
