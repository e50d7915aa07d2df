import { type Work, type WorkContext, type JobLine, jobWork } from "@cc-ingest/service";
import type { RunChange } from "@cc-ingest/database";
import { HTTPException } from "hono/http-exception";
import { Type } from "typebox";
import { applyDirectly } from "../apply-directly.js";
import { bodySchemas } from "../body-schemas.js";
import { endpoint } from "../endpoint.js";
import { eventLine } from "../event-line.js";
import { writingRoles } from "../roles.js";
import { ErrorAnswerSchema, Success } from "../schemas/common.js";

/** Only where no subjects are configured: two ways in would not know of each other. */
export function startJob(context: WorkContext) {
  const work: Work<JobLine, RunChange> = jobWork(context);
  return endpoint({
    methods: ["post", "put"],
    path: "/api/jobs/start_job/",
    summary: "A job has started.",
    roles: writingRoles,
    parameters: Type.Object({}),
    query: Type.Object({}),
    body: bodySchemas.startJob,
    answers: {
      201: { description: "It is stored.", schema: Success },
      422: { description: "This run of the job is stored already.", schema: ErrorAnswerSchema },
    },
    async handle(c) {
      const line = await eventLine(c, "start_job");
      await applyDirectly(context, work, line, c.req.path, ({ outcome, refusal }) => {
        if (refusal !== undefined && refusal.reason !== "duplicate_job")
          throw new HTTPException(400, { message: `${refusal.reason}: ${refusal.message}` });
        if (outcome === "duplicate") throw duplicate("this run of the job is stored already");
        if (outcome !== "applied")
          throw duplicate("another run of the job started within ingest.duplicate-window-seconds");
      });
      return c.json({ msg: "success" }, 201);
    },
  });
}

function duplicate(message: string): HTTPException {
  return new HTTPException(422, { message });
}
