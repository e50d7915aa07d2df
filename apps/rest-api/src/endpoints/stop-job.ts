import { type Database, type RunChange, findJobs, readJob } from "@cc-ingest/database";
import type { StopJob } from "@cc-ingest/protocol";
import { type WorkContext, jobWork } from "@cc-ingest/service";
import { HTTPException } from "hono/http-exception";
import { Type } from "typebox";
import { applyDirectly } from "../apply-directly.js";
import { bodySchemas } from "../body-schemas.js";
import { endpoint } from "../endpoint.js";
import { eventLine } from "../event-line.js";
import { jsonAnswer } from "../json-answer.js";
import { writingRoles } from "../roles.js";
import { ErrorAnswerSchema } from "../schemas/common.js";
import { Job } from "../schemas/job.js";

export function stopJob(context: WorkContext) {
  const stored = jobWork(context);
  return endpoint({
    methods: ["post", "put"],
    path: "/api/jobs/stop_job/",
    summary: "A job has ended.",
    roles: writingRoles,
    parameters: Type.Object({}),
    query: Type.Object({}),
    body: bodySchemas.stopJob,
    answers: {
      200: { description: "It is stored. The job.", schema: Job },
      404: {
        description: "No such job has started, and none that started later runs.",
        schema: ErrorAnswerSchema,
      },
      422: { description: "The job has been stopped already.", schema: ErrorAnswerSchema },
    },
    async handle(c) {
      const changes: RunChange[] = [];
      const work = {
        ...stored,
        announce: async (effects: readonly RunChange[]) => void changes.push(...effects),
      };
      const line = await eventLine(c, "stop_job");
      await applyDirectly(context, work, line, c.req.path, async ({ event, outcome, refusal }, trx) => {
        if (refusal !== undefined)
          throw new HTTPException(400, { message: `${refusal.reason}: ${refusal.message}` });
        // Here a stop does not wait for its start: whoever sends it learns that there is none.
        if (outcome === "parked" && event?.kind === "stop_job") throw await whyNoneEnds(trx, event.stop);
        if (outcome !== "applied")
          throw new HTTPException(422, { message: "the job has been stopped already" });
      });
      return jsonAnswer(c, await stoppedJob(context.db, changes));
    },
  });
}

/** A stop fits no run. As in cc-backend that is the client's mistake where the job runs, but has started after the stop. */
async function whyNoneEnds(trx: Database, { jobId, cluster, startTime, stopTime }: StopJob) {
  // A stop that names its run's start is not before it: what runs is another run.
  const [job] = startTime === undefined ? await newestRunning(trx, jobId, cluster) : [];
  return job === undefined
    ? new HTTPException(404, { message: "no such job has started before that time" })
    : new HTTPException(400, {
        message: `stopTime ${stopTime} is before the job's start at ${job.start_time}`,
      });
}

async function newestRunning(db: Database, jobId: bigint, cluster: string | undefined) {
  const page = { limit: 1, offset: 0, withMetadata: false };
  return (await findJobs(db, { jobId, cluster, states: ["running"] }, page, 0)).jobs;
}

async function stoppedJob(db: Database, changes: readonly RunChange[]): Promise<string> {
  const run = changes.findLast(({ what, close }) => what === "stopped" && close?.source === "event");
  const job = run === undefined ? undefined : await readJob(db, run, Math.floor(Date.now() / 1_000));
  if (job === undefined) throw new Error("a stop that was applied changed no job");
  return job;
}
