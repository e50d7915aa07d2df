import type { WebEnv } from "@cc-ingest/web";
import type { MiddlewareHandler } from "hono";
import { page } from "./respond.js";
import type { Ctx, Site } from "./site.js";

/** People get errors as pages, and who has not signed in is led there. Scripts get them as they are. */
export function errorPages(site: Site): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    await next();
    const { status, headers } = c.res;
    const forPeople = c.req.header("accept")?.includes("text/html") === true;
    if (status < 400 || !forPeople || !headers.get("content-type")?.startsWith("application/json")) return;
    const { status: title, error } = (await c.res.json()) as { status: string; error: string };
    if (status === 401) {
      c.res = undefined;
      c.res = new Response(null, { status: 302, headers: { location: signInAddress(c) } });
      return;
    }
    if (c.get("principal") === undefined) c.set("principal", { user: "", roles: [], authenticated: false });
    c.res = undefined;
    c.res = await page(c, site, title, <p class="problem">{error}</p>, status as 400);
  };
}

/** With the way back to what was asked for. */
function signInAddress(c: Ctx): string {
  if (c.req.method !== "GET") return "/sign-in";
  const { pathname, search } = new URL(c.req.url);
  return `/sign-in?${new URLSearchParams([["then", pathname + search]]).toString()}`;
}
