import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { Config } from "../config.js";
import { loadConfig, type ConfigResult, type LoadOptions } from "../load-config.js";
import { formatProblems } from "../problem.js";

/** A directory of its own for one test, with these files; what is neither text nor bytes is written as JSON. */
export function directoryWith(files: Readonly<Record<string, unknown>>): string {
  const directory = mkdtempSync(join(tmpdir(), "cc-ingest-config-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), isRaw(content) ? content : JSON.stringify(content));
  }
  return directory;
}

const isRaw = (content: unknown): content is string | Uint8Array =>
  typeof content === "string" || content instanceof Uint8Array;

/** The least that must be given, so that a test is about one thing. */
export const database = { DATABASE_URL: "postgres://writer:pw@db/cc" };
export const complete = { ...database, NATS_URL: "nats://broker:4222" };

/** Loads `config` as `config.json`; nothing of this process's environment is seen. */
export function load(config: unknown, options: Partial<LoadOptions> = {}): ConfigResult {
  return loadConfig({ env: complete, directory: directoryWith({ "config.json": config }), ...options });
}

export function configOf(result: ConfigResult): Config {
  if (!result.ok) throw new Error(formatProblems(result.problems));
  return result.config;
}

/** One line per problem; none when the configuration is good. */
export function problemsOf(result: ConfigResult): string[] {
  return result.ok ? [] : formatProblems(result.problems).split("\n");
}

export function warningsOf(result: ConfigResult): string[] {
  if (!result.ok) throw new Error(formatProblems(result.problems));
  return result.warnings.map(({ place, message }) => `${place}: ${message}`);
}
