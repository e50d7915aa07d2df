import type { WebSettings } from "@cc-ingest/config";
import type { ServiceState } from "@cc-ingest/service";
import type { Logger } from "@cc-ingest/telemetry";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { timeout } from "hono/timeout";
import { answerErrors, answerNotFound, errorAnswer } from "./answer-errors.js";
import type { Broker } from "./broker.js";
import { observeRequests } from "./observe-requests.js";
import { onlyFromHere } from "./only-from-here.js";
import type { WebEnv } from "./web-env.js";

interface Surroundings {
  readonly web: WebSettings;
  readonly state: ServiceState;
  readonly broker: Broker | undefined;
  readonly log: Logger;
}

/** What stands around the routes of every web app: health, limits, who may come near, log, errors. */
export function frame(site: Hono<WebEnv>, { web, state, broker, log }: Surroundings): Hono<WebEnv> {
  const app = new Hono<WebEnv>();
  app.onError(answerErrors(log));
  app.notFound(answerNotFound);
  app.get("/livez", (c) => health(c, state.live()));
  // Without the broker only what publishes fails, so a replica stays in service.
  app.get("/readyz", (c) => health(c, state.ready(), broker?.problems()));
  app.use(observeRequests(log));
  if (web.jwtPublicKey === undefined) app.use(onlyFromHere);
  app.use(async (c, next) => {
    c.header("X-Content-Type-Options", "nosniff");
    c.header("Cache-Control", "no-store");
    if (state.waitingFor !== undefined)
      throw new HTTPException(503, { message: `waiting for ${state.waitingFor}; try again` });
    await next();
  });
  // Only where there is a body: to look for one makes a Request object, which a read does without.
  app.on(
    ["POST", "PUT", "PATCH", "DELETE"],
    "*",
    bodyLimit({
      maxSize: web.maxBodyBytes,
      onError: (c) =>
        errorAnswer(c, 413, `a body may have ${web.maxBodyBytes} bytes (ingest.web.max-body-bytes)`),
    }),
  );
  app.use(
    timeout(
      web.requestTimeoutSeconds * 1_000,
      new HTTPException(504, { message: `no answer within ${web.requestTimeoutSeconds} s` }),
    ),
  );
  app.route("/", site);
  return app;
}

function health(c: Context, problems: readonly string[], degraded: readonly string[] = []): Response {
  const status = problems.length === 0 ? "ok" : "unavailable";
  return c.json({ status, problems, degraded }, problems.length === 0 ? 200 : 503);
}
