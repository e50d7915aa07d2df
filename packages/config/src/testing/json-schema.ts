import { foreignKeys } from "../foreign-keys.js";
import { keyTree, type KeyTree } from "../key-tree.js";
import type { JsonSchema } from "../setting-type.js";
import { allSettings } from "../settings.js";

/** The JSON Schema of `config.json` for editors: closed where the sections are ours, open where they are shared. */
export function configJsonSchema(): string {
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "ClusterCockpit's config.json, as far as cc-ingest reads it",
    ...levelSchema(keyTree),
  };
  // Lists of words on one line, as the formatter has them.
  const text = JSON.stringify(schema, null, 2).replace(
    /\[\n\s+([^[\]{}]*?)\n\s+\]/g,
    (_, items: string) => `[${items.split(/,\n\s+/).join(", ")}]`,
  );
  return `${text}\n`;
}

function levelSchema(level: KeyTree): JsonSchema {
  const setting = allSettings.find(({ key }) => key === level.path);
  if (setting !== undefined) {
    const { description, fallback, type, env } = setting;
    return {
      description: `${description} Environment: ${env[0]}.`,
      // Templates of ClusterCockpit leave optional texts empty.
      ...(fallback === undefined && type.schema["type"] === "string"
        ? { anyOf: [type.schema, { const: "" }] }
        : type.schema),
      ...(fallback !== undefined && { default: fallback }),
    };
  }
  const properties: (readonly [string, unknown])[] = [...level.children].map(([key, child]) => [
    key,
    levelSchema(child),
  ]);
  if (!level.shared) for (const key of foreignKeys.get(level.path) ?? []) properties.push([key, true]);
  return {
    type: "object",
    properties: Object.fromEntries(properties),
    additionalProperties: level.shared,
  };
}
