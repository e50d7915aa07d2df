import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

interface ObjectSchema {
  readonly properties: Readonly<Record<string, object>>;
}

function load(name: string): ObjectSchema {
  const { $schema: _, ...schema } = require(
    `@cc-ingest/protocol/schemas/${name}.schema.json`,
  ) as ObjectSchema & { $schema?: string };
  return schema;
}

const nodeStates = load("node-states");

/** What bodies look like, as the protocol has it: it reads them, too. */
export const bodySchemas = {
  startJob: load("start-job"),
  stopJob: load("stop-job"),
  /** A message may tell of no node; a request that does would be answered with success for nothing. */
  nodeStates: {
    ...nodeStates,
    required: ["cluster", "nodes"],
    properties: {
      ...nodeStates.properties,
      nodes: { ...nodeStates.properties["nodes"], type: "array", minItems: 1 },
    },
  },
};
