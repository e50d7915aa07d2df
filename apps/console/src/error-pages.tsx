import type { WebEnv } from "@cc-ingest/web";
import type { MiddlewareHandler } from "hono";
import { page } from "./respond.js";
import type { Site } from "./site.js";

/** People get errors as pages, and who has not signed in is led there. Scripts get them as they are. */
export function errorPages(site: Site): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    await next();
    const { status, headers } = c.res;
    const forPeople = c.req.header("accept")?.includes("text/html") === true;
    if (status < 400 || !forPeople || !headers.get("content-type")?.startsWith("application/json")) return;
    const { status: title, error } = (await c.res.json()) as { status: string; error: string };
    if (status === 401) {
      const then = c.req.method === "GET" ? new URL(c.req.url) : undefined;
      const back =
        then === undefined ? "" : `?${new URLSearchParams({ then: then.pathname + then.search }).toString()}`;
      c.res = undefined;
      c.res = c.redirect(`/sign-in${back}`);
      return;
    }
    if (c.get("principal") === undefined) c.set("principal", { user: "", roles: [], authenticated: false });
    c.res = undefined;
    c.res = await page(c, site, title, <p class="problem">{error}</p>, status as 400);
  };
}
