import { type Server, createServer } from "node:http";
import type { WebSettings } from "@cc-ingest/config";
import { type ListenAddress, listen } from "@cc-ingest/service";
import { createAdaptorServer } from "@hono/node-server";
import type { Hono } from "hono";
import type { WebEnv } from "./web-env.js";

export interface WebServer extends AsyncDisposable {
  readonly url: string;
}

const CLOSE_IDLE_EVERY_MS = 50;
/** Node looks only every 30 s by itself: who sends slowly would hold a connection so much longer. */
const LOOK_FOR_LATE_EVERY_MS = 1_000;

/** Listens. When it is disposed of it takes no more connections, and gives the requests that are here so many seconds. */
export async function serve(
  app: Hono<WebEnv>,
  { setting, ...address }: ListenAddress & { readonly setting: string },
  { requestTimeoutSeconds }: Pick<WebSettings, "requestTimeoutSeconds">,
  graceSeconds: number,
): Promise<WebServer> {
  const arrival = requestTimeoutSeconds * 1_000;
  const server = createAdaptorServer({
    fetch: app.fetch,
    createServer,
    serverOptions: {
      requestTimeout: arrival,
      headersTimeout: arrival,
      connectionsCheckingInterval: Math.min(LOOK_FOR_LATE_EVERY_MS, Math.ceil(arrival / 4)),
    },
  }) as Server;
  return {
    url: await listen(server, address, setting),
    async [Symbol.asyncDispose]() {
      const timer = setTimeout(() => server.closeAllConnections(), graceSeconds * 1_000);
      // Clients keep a connection for their next request.
      const idle = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_EVERY_MS);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      clearInterval(idle);
      clearTimeout(timer);
    },
  };
}
