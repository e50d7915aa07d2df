import {
  type ClusterSummary,
  type JobSummary,
  type NodeDetail,
  listJobs,
  readClusters,
  readNode,
  readNodeCells,
  readStateChanges,
} from "@cc-ingest/database";
import type { WebEnv } from "@cc-ingest/web";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { events, liveRegion } from "../live/region.js";
import { GridWatches } from "../live/grid-watch.js";
import { page, part } from "../respond.js";
import type { Site } from "../site.js";
import { ClusterTabs, Legend, NodeCard, NodeGrid, NodePage } from "../views/nodes.js";

const CHANGES = 50;
const JOBS = 100;
const LIVE_MS = 3_000;

export function nodeRoutes(site: Site): Hono<WebEnv> {
  const { db, stop } = site;
  const watches = new GridWatches(db);
  const jobsOn = (cluster: string, hostname: string): Promise<JobSummary[]> =>
    listJobs(db, { cluster, hostname, states: ["running"] }, { limit: JOBS });
  const nodeOf = async (cluster: string, hostname: string): Promise<NodeDetail> => {
    const node = await readNode(db, cluster, hostname);
    if (node === undefined) throw new HTTPException(404, { message: `${cluster} has no node ${hostname}` });
    return node;
  };
  const card = async (cluster: string, hostname: string): Promise<string> => {
    const [node, jobs] = await Promise.all([nodeOf(cluster, hostname), jobsOn(cluster, hostname)]);
    return await part(<NodeCard node={node} jobs={jobs} />);
  };

  const routes = new Hono<WebEnv>();
  routes.get("/", async (c) => {
    const [first] = await readClusters(db);
    if (first !== undefined) return c.redirect(`/nodes/${encodeURIComponent(first.cluster)}`);
    return await page(c, site, "Nodes", <p class="empty">No node has been reported yet.</p>);
  });
  routes.get("/:cluster", async (c) => {
    const { cluster } = c.req.param();
    const [clusters, cells] = await Promise.all([readClusters(db), readNodeCells(db, cluster)]);
    const summary: ClusterSummary["nodes"] =
      clusters.find((each) => each.cluster === cluster)?.nodes ?? new Map();
    if (cells.length === 0)
      throw new HTTPException(404, { message: `no node of ${cluster} has been reported` });
    return await page(
      c,
      site,
      `Nodes of ${cluster}`,
      <>
        <ClusterTabs clusters={clusters} current={cluster} />
        <Legend summary={summary} />
        <div class="beside">
          <NodeGrid cluster={cluster} cells={cells} />
          <aside class="panel" id="card" aria-live="polite" aria-label="Node">
            <p>Point at a node, or go to it with the arrow keys, to see it here.</p>
          </aside>
        </div>
      </>,
    );
  });
  routes.get("/:cluster/events", (c) =>
    events(c, stop, async (stream, end) => {
      for await (const changes of watches.changes(c.req.param("cluster"), end))
        await stream.writeSSE({ event: "nodes", data: JSON.stringify(changes) });
    }),
  );
  routes.get("/:cluster/:hostname", async (c) => {
    const { cluster, hostname } = c.req.param();
    const [node, jobs] = await Promise.all([nodeOf(cluster, hostname), jobsOn(cluster, hostname)]);
    const changes = await readStateChanges(db, node.id, CHANGES);
    return await page(c, site, hostname, <NodePage node={node} jobs={jobs} changes={changes} />);
  });
  routes.get("/:cluster/:hostname/live", (c) => {
    const { cluster, hostname } = c.req.param();
    return liveRegion(c, { everyMs: LIVE_MS, stop }, () => card(cluster, hostname));
  });
  return routes;
}
