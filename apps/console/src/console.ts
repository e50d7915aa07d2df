import { type WebEnv, type WebRuntime, allow, authenticate } from "@cc-ingest/web";
import { Hono } from "hono";
import { compress } from "hono/compress";
import { getCookie } from "hono/cookie";
import { csrf } from "hono/csrf";
import { secureHeaders } from "hono/secure-headers";
import { assetRoutes, builtAssets } from "./assets.js";
import { errorPages } from "./error-pages.js";
import { PipelineWatch } from "./pipeline/watch.js";
import { deadLetterRoutes } from "./routes/dead-letters.js";
import { findRoutes } from "./routes/find.js";
import { jobRoutes } from "./routes/jobs.js";
import { messageRoutes } from "./routes/messages.js";
import { nodeRoutes } from "./routes/nodes.js";
import { pipelineRoutes } from "./routes/pipeline.js";
import { signInRoutes } from "./routes/sign-in.js";
import { tailRoutes } from "./routes/tail.js";
import type { Site } from "./site.js";
import { TOKEN_COOKIE, readers } from "./viewer.js";

/** Nothing but what we serve ourselves, and no script or style inside a page. */
const policy = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["data:"],
  connectSrc: ["'self'"],
  formAction: ["'self'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
};

export function openConsole(runtime: WebRuntime): Hono<WebEnv> {
  const { config, broker, stop } = runtime;
  if (broker === undefined) throw new Error("the console needs a broker");
  const watch = new PipelineWatch(config, broker);
  void watch.run(stop);
  const site: Site = { ...runtime, broker, watch, assets: builtAssets() };

  const app = new Hono<WebEnv>();
  app.use(
    secureHeaders({
      contentSecurityPolicy: policy,
      referrerPolicy: "same-origin",
      // Whether a host name is for TLS alone is its proxy's to say.
      strictTransportSecurity: false,
    }),
  );
  app.use(compress());
  app.route("/assets", assetRoutes());
  app.use(errorPages(site));
  app.use(csrf());
  app.route("/", signInRoutes(site));
  app.use(
    authenticate(config.ingest.web, (c) => getCookie(c, TOKEN_COOKIE)),
    allow(...readers),
  );
  app.get("/", (c) => c.redirect("/nodes"));
  app.route("/nodes", nodeRoutes(site));
  app.route("/jobs", jobRoutes(site));
  app.route("/pipeline", pipelineRoutes(site));
  app.route("/dead-letters", deadLetterRoutes(site));
  app.route("/tail", tailRoutes(site));
  app.route("/messages", messageRoutes(site));
  app.route("/find", findRoutes(site));
  return app;
}
