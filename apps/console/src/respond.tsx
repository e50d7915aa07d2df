import { html } from "hono/html";
import type { Child } from "hono/jsx";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Ctx, Site } from "./site.js";
import { Page } from "./views/layout.js";
import { viewerOf } from "./viewer.js";

export async function page(
  c: Ctx,
  site: Site,
  title: string,
  content: Child,
  status: ContentfulStatusCode = 200,
): Promise<Response> {
  const frame = { assets: site.assets, viewer: viewerOf(c, site), path: c.req.path };
  const document = (
    <Page frame={frame} title={title}>
      {content}
    </Page>
  );
  return c.html(await html`<!doctype html>${document}`, status);
}

/** A part of a page, for who replaces it. */
export async function part(content: Child): Promise<string> {
  return (await html`${content}`).toString();
}
