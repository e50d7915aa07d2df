import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type KeyTable, foldCase } from "../json/key-table.js";
import { payloads } from "../testing/arbitrary-messages.js";
import { decodeOne, eventLine, verdict } from "../testing/events.js";
import { nodeStateKeys, nodeStatesKeys } from "./node-states.js";
import {
  concurrentJobsKeys,
  jobLinkKeys,
  resourceKeys,
  statisticKeys,
  tagKeys,
  unitKeys,
} from "./read-parts.js";
import { startJobKeys } from "./read-start-job.js";
import { jobStates, sharings } from "./states.js";
import { stopJobKeys } from "./stop-job.js";
import { enough, numRuns } from "../testing/runs.js";

interface Schema {
  readonly properties: Readonly<Record<string, Schema>>;
  readonly items: Schema;
  readonly additionalProperties: Schema;
  readonly enum: readonly unknown[];
}

function load(name: string): Schema {
  return JSON.parse(
    readFileSync(new URL(`../../schemas/${name}.schema.json`, import.meta.url), "utf8"),
  ) as Schema;
}

const schemas = { start_job: load("start-job"), stop_job: load("stop-job"), nodestate: load("node-states") };

/** The schema at a path of property names; `[]` steps into items, `{}` into the values of a map. */
function at(schema: Schema, ...path: string[]): Schema {
  return path.reduce<Schema>((inner, step) => {
    const next =
      step === "[]" ? inner.items : step === "{}" ? inner.additionalProperties : inner.properties[step];
    if (next === undefined) {
      throw new Error(`no ${step} in the schema`);
    }
    return next;
  }, schema);
}

describe("the JSON Schemas know the keys the readers know", () => {
  const { start_job: start, stop_job: stop, nodestate } = schemas;

  it.each<[string, Schema, KeyTable<string>]>([
    ["start_job", start, startJobKeys],
    ["tags", at(start, "tags", "[]"), tagKeys],
    ["resources", at(start, "resources", "[]"), resourceKeys],
    ["concurrentJobs", at(start, "concurrentJobs"), concurrentJobsKeys],
    ["concurrentJobs.items", at(start, "concurrentJobs", "items", "[]"), jobLinkKeys],
    ["statistics", at(start, "statistics", "{}"), statisticKeys],
    ["statistics.unit", at(start, "statistics", "{}", "unit"), unitKeys],
    ["stop_job", stop, stopJobKeys],
    ["nodestate", nodestate, nodeStatesKeys],
    ["nodestate.nodes", at(nodestate, "nodes", "[]"), nodeStateKeys],
  ])("of %s", (_, schema, keys) => {
    expect(Object.keys(schema.properties).toSorted()).toStrictEqual([...keys.names].toSorted());
  });

  it("and their words", () => {
    expect(at(start, "shared").enum).toStrictEqual([...sharings, "", null]);
    expect(at(stop, "jobState").enum).toStrictEqual([...jobStates, "", null]);
    expect(at(stop, "state").enum).toStrictEqual([...jobStates, "", null]);
  });
});

/** What no schema can say: relations between keys, the clock, and how a number or string is spelled. */
const beyondSchemas =
  /^(?:count_mismatch|stop_before_start|absurd_time|looks_like_\w+|nul_character|lone_surrogate|json_syntax|json_too_deep|wrong_type|out_of_range at (?:energy|\w*[fF]ootprint|statistics).*)(?: at .*)?$/s;

describe("for any payload", () => {
  const ajv = new Ajv2020({ strict: false, allErrors: false });

  it.each(["start_job", "stop_job", "nodestate"] as const)("%s: schema and reader agree", (kind) => {
    const validate = ajv.compile(schemas[kind]);
    const seen = { both: 0, neither: 0 };
    /** Undefined when schema and reader agree, or differ in what no schema can say. */
    const dissent = (text: string, parsed: unknown): unknown => {
      const said = verdict(decodeOne(eventLine(kind, text)));
      const valid = validate(parsed);
      // A key twice, or in another case, is the one thing a reader forgives and a parsed value does not show.
      if (!isCanonical(text, parsed) || unexact.test(text)) {
        return undefined;
      }
      if (said === kind) {
        seen.both++;
        return valid ? undefined : validate.errors;
      }
      seen.neither += valid ? 0 : 1;
      return valid && !beyondSchemas.test(said) ? said : undefined;
    };
    fc.assert(
      fc.property(payloads(kind), (text) => {
        const parsed = parse(text);
        expect(parsed === undefined ? undefined : dissent(text, parsed)).toBeUndefined();
      }),
      { numRuns },
    );
    expect(Math.min(seen.both, seen.neither)).toBeGreaterThanOrEqual(enough(0.005));
  });
});

/** Next to the bounds of int64, which a schema checker rounds to a double. */
const unexact = /922337203685477580[89]/;

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const tables: readonly KeyTable<string>[] = [
  startJobKeys,
  stopJobKeys,
  nodeStatesKeys,
  nodeStateKeys,
  resourceKeys,
  tagKeys,
  statisticKeys,
  unitKeys,
  concurrentJobsKeys,
  jobLinkKeys,
];
const names = tables.flatMap((table) => table.names);
const foldedNames = names.map(foldCase);

/** Whether keys are spelled as documented and none is repeated anywhere. */
function isCanonical(text: string, parsed: unknown): boolean {
  const written = text.match(/"(?:[^"\\]|\\.)*"(?=\s*:)/g) ?? [];
  let kept = 0;
  JSON.stringify(parsed, (_, value: unknown) => {
    kept +=
      value !== null && typeof value === "object" && !Array.isArray(value) ? Object.keys(value).length : 0;
    return value;
  });
  const keys = written.map((key) => JSON.parse(key) as string);
  return (
    written.length === kept &&
    !keys.some((key) => !names.includes(key) && foldedNames.includes(foldCase(key)))
  );
}
