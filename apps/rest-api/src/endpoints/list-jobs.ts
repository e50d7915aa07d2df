import { type Database, type JobFilter, type JobRow, findJobs } from "@cc-ingest/database";
import { jobStates } from "@cc-ingest/protocol";
import { HTTPException } from "hono/http-exception";
import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.js";
import { jsonAnswer } from "../json-answer.js";
import { readingRoles } from "../roles.js";
import { int64Text, itemsPerPage } from "../schemas/common.js";
import { JobList } from "../schemas/job.js";

/** What is passed over is read all the same. */
const DEEPEST = 100_000;

const query = Type.Object({
  state: Type.Optional(Type.Array(Type.Enum([...jobStates]), { description: "Any of these; repeatable." })),
  cluster: Type.Optional(Type.String()),
  project: Type.Optional(Type.String()),
  user: Type.Optional(Type.String()),
  "job-id": Type.Optional(int64Text("The scheduler's number of the job.")),
  "start-time": Type.Optional(
    Type.String({
      pattern: "^[0-9]{1,18}-[0-9]{1,18}$",
      description: "from-to in Unix seconds, both included",
    }),
  ),
  page: Type.Optional(Type.Integer({ minimum: 1, description: "Number of the page, from 1." })),
  "items-per-page": itemsPerPage(10_000, 25),
  after: Type.Optional(
    Type.String({
      pattern: "^[0-9]{1,18}\\.[0-9]{1,18}$",
      description: "In place of page: next of the page before. As fast on the last page as on the first.",
    }),
  ),
  "with-metadata": Type.Optional(Type.Boolean({ default: false })),
});

type Query = Static<typeof query>;

export function listJobs(db: Database) {
  return endpoint({
    methods: ["get"],
    path: "/api/jobs/",
    summary: "Jobs, the newest start first.",
    roles: readingRoles,
    parameters: Type.Object({}),
    query,
    answers: { 200: { description: "A page of jobs.", schema: JobList } },
    async handle(c, _, given) {
      const limit = given["items-per-page"] ?? 25;
      const { offset, page } = pageOf(given, limit);
      const { jobs, more } = await findJobs(
        db,
        filterOf(given),
        { limit, offset, after: placeOf(given.after), withMetadata: given["with-metadata"] === true },
        Math.floor(Date.now() / 1_000),
      );
      const written = jobs.map(({ json }) => json).join(",");
      const next = more ? nextOf(jobs) : "null";
      return jsonAnswer(c, `{"jobs":[${written}],"items":${jobs.length},"page":${page},"next":${next}}`);
    },
  });
}

function filterOf(given: Query): JobFilter {
  const [startFrom, startTo] = given["start-time"]?.split("-").map(BigInt) ?? [];
  const jobId = given["job-id"];
  const { cluster, state: states, project, user } = given;
  return {
    cluster,
    states,
    project,
    user,
    startFrom,
    startTo,
    jobId: jobId === undefined ? undefined : BigInt(jobId),
  };
}

function pageOf({ page, after }: Query, limit: number): { offset: number; page: number | null } {
  if (after !== undefined) {
    if (page === undefined) return { offset: 0, page: null };
    throw new HTTPException(400, { message: "page and after are two ways to page; give one of them" });
  }
  const offset = ((page ?? 1) - 1) * limit;
  if (offset > DEEPEST)
    throw new HTTPException(400, {
      message: `page ${page} lies behind ${offset} jobs, more than ${DEEPEST}; page with after`,
    });
  return { offset, page: page ?? 1 };
}

function placeOf(after: string | undefined) {
  const [startTime, id] = after?.split(".").map(BigInt) ?? [];
  return startTime === undefined || id === undefined ? undefined : { startTime, id };
}

function nextOf(jobs: readonly JobRow[]): string {
  const last = jobs.at(-1);
  return last === undefined ? "null" : `"${last.start_time}.${last.id}"`;
}
