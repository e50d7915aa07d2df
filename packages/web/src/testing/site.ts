import { get } from "node:http";
import type { WebSettings } from "@cc-ingest/config";
import { ServiceState } from "@cc-ingest/service";
import { createLogger } from "@cc-ingest/telemetry";
import { Hono } from "hono";
import { onTestFinished } from "vitest";
import { allow, authenticate } from "../authenticate.js";
import { frame } from "../frame.js";
import { serve } from "../serve.js";
import type { WebEnv } from "../web-env.js";

export interface Site {
  readonly url: string;
  readonly state: ServiceState;
  /** What has been logged, parsed. */
  readonly logged: Record<string, unknown>[];
  stop(): Promise<void>;
}

/** Listens with a few routes, as an app would; `settings`: what differs from the defaults. */
export async function startSite(
  settings: Partial<WebSettings> = {},
  addRoutes: (site: Hono<WebEnv>) => void = () => undefined,
): Promise<Site> {
  const web = { jwtPublicKey: undefined, maxBodyBytes: 1_024, requestTimeoutSeconds: 30, ...settings };
  const logged: Record<string, unknown>[] = [];
  const destination = {
    write: (line: string) => {
      logged.push(JSON.parse(line) as Record<string, unknown>);
    },
  };
  const log = createLogger({ service: "site", env: { LOG_LEVEL: "debug" }, pretty: false, destination });
  const state = new ServiceState();
  state.brokerConnected = true;
  state.waitingFor = undefined;
  const site = new Hono<WebEnv>();
  site.use(authenticate(web));
  site.get("/who", (c) => c.json(c.var.principal));
  site.post("/write", allow("api", "admin"), async (c) =>
    c.json({ bytes: (await c.req.arrayBuffer()).byteLength }),
  );
  addRoutes(site);
  const app = frame(site, { web, state, broker: undefined, log });
  const server = await serve(app, { host: "127.0.0.1", port: 0, setting: "PORT" }, web, 5);
  const stop = async () => await server[Symbol.asyncDispose]();
  onTestFinished(stop);
  return { url: server.url, state, logged, stop };
}

export async function answerOf(response: Response): Promise<{ code: number; body: unknown }> {
  return { code: response.status, body: await response.json() };
}

/** Unlike `fetch` it sends any header, `Host` above all. */
export async function codeOf(url: string, headers: Readonly<Record<string, string>>): Promise<number> {
  return await new Promise((resolve, reject) => {
    get(url, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    }).once("error", reject);
  });
}
