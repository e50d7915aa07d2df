import type { WebEnv } from "@cc-ingest/web";
import { Hono } from "hono";
import { findJob } from "../find/find-job.js";
import { jobNumber, pickText } from "../query.js";
import { page } from "../respond.js";
import type { Site } from "../site.js";
import { FindPage } from "../views/find.js";

export function findRoutes(site: Site): Hono<WebEnv> {
  const { traceUrl } = site.config.ingest.console;
  const routes = new Hono<WebEnv>();
  routes.get("/", async (c) => {
    const { job } = pickText(c.req.query(), ["job"]);
    const found = job === undefined ? undefined : await findJob(site, jobNumber("job", job));
    const title = job === undefined ? "Find a job" : `Where is job ${job}?`;
    return await page(c, site, title, <FindPage asked={job} found={found} traceUrl={traceUrl} />);
  });
  return routes;
}
