import { type Database, readUsedNodes } from "@cc-ingest/database";
import { Type } from "typebox";
import { endpoint } from "../endpoint.js";
import { readingRoles } from "../roles.js";
import { unixSeconds } from "../schemas/common.js";
import { UsedNodes } from "../schemas/job.js";

export function usedNodes(db: Database) {
  return endpoint({
    methods: ["get"],
    path: "/api/jobs/used_nodes",
    summary: "The hosts of running jobs, by cluster.",
    roles: readingRoles,
    parameters: Type.Object({}),
    query: Type.Object({ ts: unixSeconds("Unix seconds: of the jobs that started before") }),
    answers: { 200: { description: "Host names by cluster.", schema: UsedNodes } },
    async handle(c, _, { ts }) {
      return c.json({ usedNodes: await readUsedNodes(db, BigInt(ts)) });
    },
  });
}
