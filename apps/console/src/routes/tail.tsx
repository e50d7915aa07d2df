import { jobsWorker, nodestateWorker } from "@cc-ingest/service";
import type { WebEnv } from "@cc-ingest/web";
import { Hono } from "hono";
import { events, pause } from "../live/region.js";
import { page, part } from "../respond.js";
import type { Site } from "../site.js";
import { RateCap } from "../tail/rate-cap.js";
import { Tail, type TailEntry } from "../tail/tail.js";
import { type TailQuery, fits, tailQuery } from "../tail/tail-query.js";
import { TailItem, TailPage } from "../views/tail.js";

const SHOWN = 50;
const SEND_MS = 250;

export function tailRoutes(site: Site): Hono<WebEnv> {
  const { config, broker, stop } = site;
  const streams = streamsOf(config);
  const tail = new Tail(broker, streams, config.ingest.timestampPrecision, stop);

  const routes = new Hono<WebEnv>();
  routes.get("/", async (c) => {
    const query = tailQuery(c.req.query());
    const entries = (await tail.newest(SHOWN)).filter((entry) => fits(query, entry));
    const address = `/tail/events?${new URLSearchParams(c.req.query()).toString()}`;
    return await page(
      c,
      site,
      "Live tail",
      <TailPage query={query} streams={streams} entries={entries} events={address} />,
    );
  });
  routes.get("/events", (c) => {
    const query = tailQuery(c.req.query());
    return events(c, stop, async (stream, end) => {
      for await (const { entries, leftOut } of capped(tail, query, end)) {
        const html = await Promise.all(entries.map((entry) => part(<TailItem entry={entry} />)));
        await stream.writeSSE({ event: "messages", data: JSON.stringify({ html, leftOut }) });
      }
    });
  });
  return routes;
}

/** What fits, no faster than asked for: of more, the newest. `leftOut`: how many there were besides. */
async function* capped(
  tail: Tail,
  query: TailQuery & { readonly rate: string },
  end: AbortSignal,
): AsyncGenerator<{ readonly entries: readonly TailEntry[]; readonly leftOut: number }> {
  const cap = new RateCap(Number(query.rate));
  let waiting: TailEntry[] = [];
  let leftOut = 0;
  using _ = tail.listen((batch) => {
    waiting.push(...batch.entries.filter((entry) => fits(query, entry)));
    leftOut += batch.skipped;
  });
  while (!end.aborted) {
    await pause(SEND_MS, end);
    if (waiting.length === 0 && leftOut === 0) continue;
    const passing = cap.take(waiting.length);
    const entries = passing === 0 ? [] : waiting.slice(-passing);
    leftOut += waiting.length - passing;
    waiting = [];
    yield { entries, leftOut };
    leftOut = 0;
  }
}

export function streamsOf(config: Site["config"]): string[] {
  const streams = [jobsWorker(config), nodestateWorker(config)].map((worker) => worker?.stream ?? "");
  return [...new Set(streams)];
}
