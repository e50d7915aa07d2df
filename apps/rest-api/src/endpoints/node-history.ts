import { type Database, type NodeReportRow, readNodeHistory } from "@cc-ingest/database";
import { HTTPException } from "hono/http-exception";
import { Type } from "typebox";
import { endpoint } from "../endpoint.js";
import { exactJson, jsonAnswer } from "../json-answer.js";
import { readingRoles } from "../roles.js";
import { ErrorAnswerSchema, itemsPerPage, unixSeconds } from "../schemas/common.js";
import { NodeHistory } from "../schemas/node.js";

export function nodeHistory(db: Database) {
  return endpoint({
    methods: ["get"],
    path: "/api/nodes/{cluster}/{host}/states",
    summary: "What was reported of a node in a time, the oldest first.",
    roles: readingRoles,
    parameters: Type.Object({ cluster: Type.String(), host: Type.String() }),
    query: Type.Object({
      from: unixSeconds("Unix seconds; included"),
      to: unixSeconds("Unix seconds; not included"),
      "items-per-page": itemsPerPage(50_000, 10_000),
    }),
    answers: {
      200: { description: "The reports.", schema: NodeHistory },
      404: { description: "Nothing was ever reported of such a node.", schema: ErrorAnswerSchema },
    },
    async handle(c, { cluster, host: hostname }, { from, to, "items-per-page": limit = 10_000 }) {
      if (to <= from) throw new HTTPException(400, { message: "the parameter to must be greater than from" });
      const rows = await readNodeHistory(db, {
        cluster,
        hostname,
        from: BigInt(from),
        to: BigInt(to),
        limit: limit + 1,
      });
      if (rows === undefined)
        throw new HTTPException(404, { message: `nothing was reported of ${hostname} in ${cluster}` });
      const states = rows.slice(0, limit).map(asAnswered);
      const next = rows[limit]?.time_stamp ?? null;
      return jsonAnswer(c, exactJson({ cluster, hostname, states, items: states.length, next }));
    },
  });
}

function asAnswered(row: NodeReportRow) {
  return {
    timeStamp: row.time_stamp,
    nodeState: row.node_state,
    states: row.states,
    healthState: row.health_state,
    jobsRunning: row.jobs_running,
    cpusAllocated: row.cpus_allocated,
    memoryAllocated: row.memory_allocated,
    gpusAllocated: row.gpus_allocated,
  };
}
