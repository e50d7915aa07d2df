import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadConfig } from "./load-config.js";
import { showConfig } from "./show-config.js";
import { parseDocument } from "./read-document.js";
import { allSettings } from "./settings.js";
import { directoryWith, load, problemsOf } from "./testing/load.js";

const secret = "hunter2-Geheim";
const secretSettings = allSettings.filter((setting) => setting.secret);

describe("whatever the input", () => {
  it("loadConfig throws nothing, and every problem is one line with a place", () => {
    const keys = allSettings.flatMap(({ key }) => key.split("."));
    const key = fc.oneof(fc.constantFrom(...keys, "nats-file", "__proto__", "main-file"), fc.string());
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof({ maxDepth: 4 }, fc.jsonValue(), fc.dictionary(key, tie("tree"), { maxKeys: 6 })),
    }));
    const variables = allSettings.flatMap(({ env }) => env.flatMap((name) => [name, `${name}_FILE`]));
    const env = fc.dictionary(fc.constantFrom(...variables, "INGEST_X"), fc.string({ unit: "binary" }));
    const directory = directoryWith({});
    fc.assert(
      fc.property(tree, env, (file, variablesGiven) => {
        writeFileSync(join(directory, "config.json"), JSON.stringify(file));
        const result = loadConfig({ env: variablesGiven, directory });
        const reported = result.ok ? result.warnings : result.problems;
        expect(result.ok || reported.length > 0).toBe(true);
        for (const { place, message } of reported) {
          expect(place).not.toBe("");
          // oxlint-disable-next-line no-control-regex -- that is the point
          expect(`${place}${message}`).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("parseDocument throws nothing on any text", () => {
    const piece = fc.constantFrom(...'{}[],:"\\ \n/*tru0-1e.'.split(""), "null", "\\u00", "\u0000", "\ud800");
    fc.assert(
      fc.property(
        fc.array(piece).map((pieces) => pieces.join("")),
        (text) => {
          const result = parseDocument("x", text);
          expect(result.ok ? "" : result.problem.message).not.toContain("\n");
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe("a secret is never shown", () => {
  const forms = [
    secret,
    `postgres://u:${secret}@h:x/d`,
    `postgres://u:${secret} @h/d`,
    `postgres://u:${secret}#@h/d`,
    `mysql://u:${secret}@h/d`,
    `nats://u:${secret}@h:x`,
    `nats://u:${secret}@h,nats://v:${secret}@h`,
    `http://u:${secret}@h`,
    `nats://${secret}@h`,
    `nats://u:${secret}%zz@h`,
  ];

  it.each(secretSettings.map(({ key }) => key))("%s, given as another type", (key) => {
    for (const value of [[secret], { [`${secret}x`]: secret }, [[secret]]]) {
      const file = key.split(".").reduceRight<unknown>((inner, part) => ({ [part]: inner }), value);
      expect(problemsOf(load(file, { env: {}, required: [] })).join("\n")).toMatch(/^[^\n]*must be a string/);
      expect(problemsOf(load(file, { env: {}, required: [] })).join("\n")).not.toContain(secret);
    }
  });

  it.each(secretSettings.map(({ key, env }) => [key, env[0]] as const))("%s", (key, variable) => {
    for (const form of forms) {
      const file = key.split(".").reduceRight<unknown>((inner, part) => ({ [part]: inner }), form);
      for (const result of [
        load(file, { env: {} }),
        load(file, { env: { [variable]: `${form}x` } }),
        load(`${JSON.stringify(file)}}`),
        load(JSON.stringify(file).slice(0, -3)),
        load(file, { env: { DATABASE_URL: `postgres://u:${secret}@h/d`, NATS_URL: `nats://u:${secret}@h` } }),
      ]) {
        const shown = result.ok ? showConfig(result.config) : JSON.stringify(result.problems);
        expect(shown).not.toContain(secret);
      }
    }
  });
});
