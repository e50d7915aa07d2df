import { existsSync } from "node:fs";
import { type Config, type Requirement, formatProblems, loadConfig } from "@cc-ingest/config";
import { mistake } from "./cli-error.js";
import { stackFile, readLiveStack } from "./stack-file.js";
import { note, styled } from "./terminal.js";

export interface ConfigOption {
  readonly config?: string;
}

export type Subjects = NonNullable<Config["apiSubjects"]>;

/**
 * The configuration, as the services read it: `--config` or CONFIG_FILE or `config.json`, and the environment. Where
 * none of these says anything, the stack that `ccingest up` runs in this directory.
 */
export async function settings(options: ConfigOption, required: readonly Requirement[]): Promise<Config> {
  const file = options.config ?? (configured() ? undefined : await fileOfRunningStack());
  const loaded = loadConfig({ env: process.env, required, ...(file === undefined ? {} : { file }) });
  if (!loaded.ok && file === undefined && !configured())
    throw mistake(
      `nothing is configured: run this where "ccingest up" runs or where ClusterCockpit's config.json is, give ` +
        `--config, or set NATS_URL, DATABASE_URL, SUBJECT_JOB_EVENT and SUBJECT_NODE_STATE`,
    );
  if (!loaded.ok) throw mistake(formatProblems(loaded.problems));
  for (const warning of loaded.warnings) note(styled("yellow", formatProblems([warning]), process.stderr));
  return loaded.config;
}

/** For a configuration that was loaded with the requirement `api-subjects`. */
export function subjectsOf(config: Config): Subjects {
  if (config.apiSubjects === undefined) throw mistake("no subjects are configured: set main.api-subjects");
  return config.apiSubjects;
}

/** Whether the file that is looked for by itself, or the environment, says where to go. */
function configured(): boolean {
  const { env } = process;
  return existsSync("config.json") || ["CONFIG_FILE", "NATS_URL", "DATABASE_URL"].some((name) => env[name]);
}

async function fileOfRunningStack(): Promise<string | undefined> {
  const stack = await readLiveStack();
  if (stack === undefined) return undefined;
  note(styled("dim", `using the stack of ${stackFile()}`, process.stderr));
  return stack.configFile;
}
