import { type Database, readJob } from "@cc-ingest/database";
import { HTTPException } from "hono/http-exception";
import { Type } from "typebox";
import { endpoint } from "../endpoint.js";
import { jsonAnswer } from "../json-answer.js";
import { readingRoles } from "../roles.js";
import { ErrorAnswerSchema, int64Text } from "../schemas/common.js";
import { JobWithData } from "../schemas/job.js";

export function readOneJob(db: Database) {
  return endpoint({
    methods: ["get"],
    path: "/api/jobs/{id}",
    summary: "One job, by the id of its row.",
    roles: readingRoles,
    parameters: Type.Object({ id: int64Text("The id of the job's row, a number.") }),
    query: Type.Object({}),
    answers: {
      200: { description: "The job.", schema: JobWithData },
      404: { description: "There is no such row.", schema: ErrorAnswerSchema },
    },
    async handle(c, { id }) {
      const job = await readJob(db, BigInt(id), Math.floor(Date.now() / 1_000));
      if (job === undefined)
        throw new HTTPException(404, {
          message: `no job has the row id ${id}; the scheduler's number is for /api/jobs/?job-id=${id}`,
        });
      return jsonAnswer(c, `{"Meta":${job},"Data":null}`);
    },
  });
}
