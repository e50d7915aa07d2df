import { type StoredMessage, messageAt } from "@cc-ingest/jetstream";
import { inspectMessage, isoTime } from "@cc-ingest/service";
import type { WebEnv } from "@cc-ingest/web";
import { jetstreamManager } from "@nats-io/jetstream";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { standingOf, standings } from "../find/standing.js";
import { traceOf } from "../find/trace-of.js";
import { page } from "../respond.js";
import type { Site } from "../site.js";
import { MessageView } from "../views/message.js";
import { TraceLink } from "../views/find.js";
import { streamsOf } from "./tail.js";

/** Messages as the streams hold them. */
export function messageRoutes(site: Site): Hono<WebEnv> {
  const { config, broker, watch } = site;
  const streams = streamsOf(config);
  const find = async (stream: string, sequence: string): Promise<StoredMessage> => {
    if (!streams.includes(stream))
      throw new HTTPException(404, { message: `${stream} is none of ${streams.join(", ")}` });
    const jsm = await jetstreamManager(broker.connected(), { checkAPI: false });
    const message = await messageAt(jsm, stream, Number(sequence));
    if (message === undefined)
      throw new HTTPException(404, {
        message: `${stream} does not hold message ${sequence}, or not any more`,
      });
    return message;
  };

  const routes = new Hono<WebEnv>();
  routes.get("/:stream/:sequence{[0-9]{1,15}}", async (c) => {
    const { stream, sequence } = c.req.param();
    const message = await find(stream, sequence);
    const { data: raw, headers, storedAt, subject } = message;
    const status = watch.newest?.streams.find(
      (each) => each.status.problem === undefined && each.status.stream === stream,
    );
    const inspected = inspectMessage(raw, {
      precision: config.ingest.timestampPrecision,
      streamTime: storedAt,
    });
    return await page(
      c,
      site,
      `Message ${stream} ${sequence}`,
      <>
        <p>
          On {subject}, stored {isoTime(storedAt)}. It is{" "}
          {standings[standingOf(Number(sequence), status?.status)]}.
          <TraceLink trace={traceOf(message)} traceUrl={config.ingest.console.traceUrl} />
        </p>
        <MessageView
          message={{ raw, headers, ...inspected }}
          rawAddress={`/messages/${encodeURIComponent(stream)}/${sequence}/raw`}
        />
      </>,
    );
  });
  routes.get("/:stream/:sequence{[0-9]{1,15}}/raw", async (c) => {
    const { stream, sequence } = c.req.param();
    const { data } = await find(stream, sequence);
    c.header("Content-Type", "application/octet-stream");
    c.header("Content-Disposition", `attachment; filename="${stream.replaceAll(/\W/g, "_")}-${sequence}.lp"`);
    return c.body(new Uint8Array(data));
  });
  return routes;
}
