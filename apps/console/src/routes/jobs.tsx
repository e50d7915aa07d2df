import { type JobSummary, listJobs, readClusterNames, readJobs } from "@cc-ingest/database";
import type { WebEnv } from "@cc-ingest/web";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { type JobQuery, jobFilter, jobQuery, jobsAddress, placeAfter } from "../job-query.js";
import { liveRegion } from "../live/region.js";
import { page, part } from "../respond.js";
import type { Site } from "../site.js";
import { JobPage } from "../views/job.js";
import { JobFilterForm, JobTable, Paging } from "../views/jobs.js";

const PAGE = 50;
const LIVE_MS = 2_000;

export function jobRoutes(site: Site): Hono<WebEnv> {
  const { db, stop } = site;
  const find = async (query: JobQuery): Promise<JobSummary[]> =>
    await listJobs(db, jobFilter(query, now()), { after: placeAfter(query), limit: PAGE + 1 });

  const routes = new Hono<WebEnv>();
  routes.get("/", async (c) => {
    const query = jobQuery(c.req.query());
    const [clusters, jobs] = await Promise.all([readClusterNames(db), find(query)]);
    // A page in the middle shows what was; only the first one changes under one's eyes.
    const live =
      query.after === undefined ? jobsAddress(query, undefined).replace("/jobs", "/jobs/live") : undefined;
    return await page(
      c,
      site,
      "Jobs",
      <>
        <JobFilterForm query={query} clusters={clusters} />
        <div data-live={live}>
          <JobList query={query} jobs={jobs} />
        </div>
      </>,
    );
  });
  routes.get("/live", (c) => {
    const query = jobQuery(c.req.query());
    // What is wrong with it is told once, here.
    jobFilter(query, now());
    return liveRegion(c, { everyMs: LIVE_MS, stop }, async () =>
      part(<JobList query={query} jobs={await find(query)} />),
    );
  });
  routes.get("/:id{[0-9]{1,18}}", async (c) => {
    const id = BigInt(c.req.param("id"));
    const [job] = await readJobs(db, { id });
    if (job === undefined) throw new HTTPException(404, { message: `there is no job in row ${id}` });
    const runs = await listJobs(db, { jobId: job.jobId }, { limit: PAGE });
    const others = runs.filter((run) => run.id !== id);
    return await page(c, site, `Job ${job.jobId}`, <JobPage job={job} others={others} now={now()} />);
  });
  return routes;
}

function JobList({ query, jobs }: { readonly query: JobQuery; readonly jobs: readonly JobSummary[] }) {
  const shown = jobs.slice(0, PAGE);
  const older = jobs.length > PAGE ? jobsAddress(query, shown.at(-1)) : undefined;
  const newest = query.after === undefined ? undefined : jobsAddress(query, undefined);
  return (
    <>
      <JobTable jobs={shown} empty="No job fits." />
      <Paging newest={newest} older={older} />
    </>
  );
}

function now(): number {
  return Math.floor(Date.now() / 1_000);
}
