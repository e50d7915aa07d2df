import type { Config } from "./config.js";
import { allSettings } from "./settings.js";

/** The whole configuration, defaults included, in the form of the file, as JSON text with secrets hidden. */
export function showConfig(config: Config): string {
  const shown = allSettings.flatMap(({ key, show }) => {
    const value = show(config);
    return value === undefined ? [] : [[key, value] as const];
  });
  return toJson(shown);
}

/** A complete file to start from: what must be given, and every other setting that has a default. */
export function exampleConfig(): string {
  const given = new Map<string, unknown>([
    ["main.api-subjects.subject-job-event", "cc.job.event"],
    ["main.api-subjects.subject-node-state", "cc.node.state"],
    ["nats.address", "nats://localhost:4222"],
    ["nats.username", "user"],
    ["nats.password", "secret"],
    ["ingest.database.url", "postgres://user:secret@localhost:5432/cc_ingest"],
  ]);
  return toJson(
    allSettings.flatMap(({ key, fallback }) => {
      const value = given.get(key) ?? fallback;
      return value === undefined ? [] : [[key, value] as const];
    }),
  );
}

function toJson(entries: readonly (readonly [key: string, value: unknown])[]): string {
  return `${JSON.stringify(nest(entries), null, 2)}\n`;
}

function nest(entries: readonly (readonly [key: string, value: unknown])[]): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, value] of entries) {
    const [first = "", ...rest] = key.split(".");
    if (rest.length === 0) result[first] = value;
    else
      result[first] ??= nest(
        entries.flatMap(([each, inner]) =>
          each.startsWith(`${first}.`) ? [[each.slice(first.length + 1), inner] as const] : [],
        ),
      );
  }
  return result;
}
