import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

function load(name: string): object {
  const { $schema: _, ...schema } = require(`@cc-ingest/protocol/schemas/${name}.schema.json`) as {
    $schema?: string;
  };
  return schema;
}

/** What bodies look like, as the protocol has it: it reads them, too. */
export const bodySchemas = {
  startJob: load("start-job"),
  stopJob: load("stop-job"),
  nodeStates: load("node-states"),
};
