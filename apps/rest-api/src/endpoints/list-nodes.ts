import { type Database, type NodePlaceInList, type NodeRow, findNodes } from "@cc-ingest/database";
import { nodeConditions } from "@cc-ingest/protocol";
import { HTTPException } from "hono/http-exception";
import { Type } from "typebox";
import { endpoint } from "../endpoint.js";
import { exactJson, jsonAnswer } from "../json-answer.js";
import { readingRoles } from "../roles.js";
import { itemsPerPage } from "../schemas/common.js";
import { NodeList } from "../schemas/node.js";

export function listNodes(db: Database) {
  return endpoint({
    methods: ["get"],
    path: "/api/nodes/",
    summary: "Nodes as last reported, by cluster and name.",
    roles: readingRoles,
    parameters: Type.Object({}),
    query: Type.Object({
      cluster: Type.Optional(Type.String()),
      subcluster: Type.Optional(Type.String()),
      hostname: Type.Optional(Type.String()),
      state: Type.Optional(
        Type.Array(Type.Enum([...nodeConditions]), { description: "Any of these; repeatable." }),
      ),
      "raw-state": Type.Optional(
        Type.String({ description: "One of the states as the scheduler reported them, such as drain." }),
      ),
      "items-per-page": itemsPerPage(10_000, 1_000),
      after: Type.Optional(Type.String({ description: "next of the page before" })),
    }),
    answers: { 200: { description: "A page of nodes.", schema: NodeList } },
    async handle(c, _, given) {
      const limit = given["items-per-page"] ?? 1_000;
      const { cluster, subcluster, hostname, state: states } = given;
      const filter = { cluster, subcluster, hostname, states, rawState: given["raw-state"] };
      const rows = await findNodes(db, filter, { limit: limit + 1, after: placeOf(given.after) });
      const nodes = rows.slice(0, limit);
      const last = rows.length > limit ? nodes.at(-1) : undefined;
      const next = last === undefined ? null : JSON.stringify([last.cluster, last.hostname]);
      return jsonAnswer(c, exactJson({ nodes: nodes.map(asAnswered), items: nodes.length, next }));
    },
  });
}

/** The names as a JSON array: they may hold anything. */
function placeOf(after: string | undefined): NodePlaceInList | undefined {
  if (after === undefined) return undefined;
  try {
    const [cluster, hostname] = JSON.parse(after) as unknown[];
    if (typeof cluster === "string" && typeof hostname === "string") return { cluster, hostname };
  } catch {
    // Told below.
  }
  throw new HTTPException(400, { message: "the parameter after must be next of the page before" });
}

function asAnswered(row: NodeRow) {
  return {
    cluster: row.cluster,
    hostname: row.hostname,
    subCluster: row.subcluster,
    timeStamp: row.time_stamp,
    nodeState: row.node_state ?? "unknown",
    states: row.states ?? [],
    healthState: row.health_state,
    jobsRunning: row.jobs_running ?? 0,
    cpusAllocated: row.cpus_allocated ?? 0,
    memoryAllocated: row.memory_allocated ?? 0,
    gpusAllocated: row.gpus_allocated ?? 0,
    cpusTotal: row.cpus_total,
    memoryTotal: row.memory_total,
    gpusTotal: row.gpus_total,
  };
}
