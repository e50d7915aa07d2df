import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, it } from "vitest";
import { exampleConfig } from "./show-config.js";
import { configJsonSchema } from "./testing/json-schema.js";
import { load } from "./testing/load.js";
import { settingsTable } from "./testing/settings-table.js";

const inPackage = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));

// After a change of the settings, `pnpm exec vitest run -u` writes these files anew.

it("config.schema.json is what the settings say", async () => {
  await expect(configJsonSchema()).toMatchFileSnapshot(inPackage("config.schema.json"));
});

it("the README's table and example are what the settings say", async () => {
  const readme = readFileSync(inPackage("README.md"), "utf8");
  const between = (text: string, name: string, content: string): string => {
    const marked = new RegExp(`(<!-- ${name} -->\\n)[^]*(<!-- end of ${name} -->\\n)`);
    expect(text).toMatch(marked);
    return text.replace(marked, (_, start: string, end: string) => `${start}${content}${end}`);
  };
  const expected = between(
    between(readme, "settings", settingsTable()),
    "example",
    `\`\`\`json\n${exampleConfig()}\`\`\`\n`,
  );
  await expect(expected).toMatchFileSnapshot(inPackage("README.md"));
});

const isValid = new Ajv2020().compile(JSON.parse(configJsonSchema()) as object);

it.each(["documented", "production", "demo", "flat-demo"])("the schema accepts the %s file", (name) => {
  const file: unknown = JSON.parse(readFileSync(inPackage(`fixtures/${name}.json`), "utf8"));
  expect([isValid(file), isValid.errors]).toEqual([true, null]);
});

it("the schema accepts the example, and empty optional texts", () => {
  expect(isValid(JSON.parse(exampleConfig()))).toBe(true);
  expect(isValid({ nats: { address: "x", username: "", subscriptions: [] } })).toBe(true);
});

it.each([
  { nats: { adress: "x" } },
  { main: { "api-subjects": { "subject-job-events": "x" } } },
  { ingest: { jobs: { "batch-size": 0 } } },
  { ingest: { provisioning: "always" } },
  { ingest: { jobs: { stream: "a.b" } } },
  { ingest: { database: { url: "mysql://x" } } },
])("the schema and the loader both refuse %j", (file) => {
  expect(isValid(file)).toBe(false);
  expect(load(file, { env: {}, required: [] }).ok).toBe(false);
});
