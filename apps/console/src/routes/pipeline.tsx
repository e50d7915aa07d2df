import { type Overview, readOverview } from "@cc-ingest/database";
import type { WebEnv } from "@cc-ingest/web";
import { Hono } from "hono";
import { Changes, events } from "../live/region.js";
import { sampleOf, samplesOf } from "../pipeline/samples.js";
import { page, part } from "../respond.js";
import type { Site } from "../site.js";
import { PipelinePage, PipelineTables } from "../views/pipeline.js";

/** Counting the rows of large tables is not for every look at the broker. */
const COUNTED_FOR_MS = 10_000;

export function pipelineRoutes(site: Site): Hono<WebEnv> {
  const { db, config, stop, watch } = site;
  let counted: { readonly at: number; readonly overview: Promise<Overview> } | undefined;
  const overview = async (): Promise<Overview> => {
    if (counted === undefined || Date.now() - counted.at > COUNTED_FOR_MS)
      counted = { at: Date.now(), overview: readOverview(db, config.ingest.overdueStopSeconds) };
    return await counted.overview;
  };
  const newestSample = () => {
    const [before, newest] = watch.history.slice(-2);
    return newest === undefined ? undefined : sampleOf(newest, before);
  };
  const tables = async (): Promise<string> =>
    await part(<PipelineTables look={watch.newest} sample={newestSample()} overview={await overview()} />);

  const routes = new Hono<WebEnv>();
  routes.get("/", async (c) =>
    page(c, site, "Pipeline", <PipelinePage table={await tables()} events="/pipeline/live" />),
  );
  routes.get("/samples", (c) => c.json(samplesOf(watch.history)));
  routes.get("/live", (c) =>
    events(c, stop, async (stream, end) => {
      const region = new Changes(stream);
      while (!end.aborted) {
        await region.offer(tables);
        const look = await watch.next(end);
        const sample = newestSample();
        if (look !== undefined && sample !== undefined)
          await stream.writeSSE({ event: "sample", data: JSON.stringify(sample) });
      }
    }),
  );
  return routes;
}
