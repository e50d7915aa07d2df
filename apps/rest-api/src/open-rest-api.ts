import { type WebEnv, type WebRuntime, authenticate } from "@cc-ingest/web";
import { Hono } from "hono";
import type { Endpoint } from "./endpoint.js";
import { mount } from "./endpoint.js";
import { listClusters } from "./endpoints/list-clusters.js";
import { listJobs } from "./endpoints/list-jobs.js";
import { listNodes } from "./endpoints/list-nodes.js";
import { nodeHistory } from "./endpoints/node-history.js";
import { closeJobEndpoints } from "./endpoints/not-mounted.js";
import { readOneJob } from "./endpoints/read-job.js";
import { reportNodeStates } from "./endpoints/report-node-states.js";
import { startJob } from "./endpoints/start-job.js";
import { stopJob } from "./endpoints/stop-job.js";
import { usedNodes } from "./endpoints/used-nodes.js";
import { openApiDocument } from "./openapi.js";

/** The routes, and the document that describes them. */
export function openRestApi(runtime: WebRuntime): Hono<WebEnv> {
  const { config, db, definitions, build } = runtime;
  const subject = config.apiSubjects?.jobEvent;
  const endpoints: Endpoint[] = [
    ...(subject === undefined ? [startJob(runtime), stopJob(runtime)] : []),
    reportNodeStates(runtime),
    listJobs(db),
    usedNodes(db),
    readOneJob(db),
    listClusters(db, definitions),
    listNodes(db),
    nodeHistory(db),
  ];
  const document = openApiDocument(endpoints, build);
  const site = new Hono<WebEnv>();
  site.get("/openapi.json", (c) => c.json(document));
  site.use(authenticate(config.ingest.web));
  if (subject !== undefined) closeJobEndpoints(site, subject);
  for (const each of endpoints) mount(site, each);
  return site;
}
