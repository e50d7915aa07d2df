import { TokenRefusal, type WebEnv, tokenVerifier } from "@cc-ingest/web";
import { Hono } from "hono";
import { deleteCookie, setCookie } from "hono/cookie";
import { html } from "hono/html";
import { pickText } from "../query.js";
import type { Ctx, Site } from "../site.js";
import { SignInPage } from "../views/sign-in.js";
import { TOKEN_COOKIE, isOurForm } from "../viewer.js";

/** A browser signs in with a token of the site, which it then sends as a cookie that no script can read. */
export function signInRoutes({ config, assets }: Site): Hono<WebEnv> {
  const { jwtPublicKey } = config.ingest.web;
  const verify = jwtPublicKey === undefined ? undefined : tokenVerifier(jwtPublicKey);
  const form = async (c: Ctx, then: string, fault?: string): Promise<Response> => {
    const document = <SignInPage assets={assets} then={then} fault={fault} />;
    return c.html(await html`<!doctype html>${document}`, fault === undefined ? 200 : 401);
  };

  const routes = new Hono<WebEnv>();
  routes.get("/sign-in", async (c) =>
    verify === undefined ? c.redirect("/") : await form(c, ownPath(c.req.query("then"))),
  );
  routes.post("/sign-in", async (c) => {
    const given = pickText(await c.req.parseBody(), ["token", "then"]);
    const then = ownPath(given.then);
    if (verify === undefined) return c.redirect("/");
    const { token } = given;
    if (token === undefined) return await form(c, then, "Paste a token first.");
    try {
      await verify(token);
    } catch (error) {
      if (error instanceof TokenRefusal) return await form(c, then, `It does not count: ${error.message}.`);
      throw error;
    }
    setCookie(c, TOKEN_COOKIE, token, {
      httpOnly: true,
      sameSite: "Strict",
      path: "/",
      secure: cameByTls(c),
    });
    return c.redirect(then, 303);
  });
  routes.post("/sign-out", async (c) => {
    const { csrf } = await c.req.parseBody();
    if (isOurForm(c, csrf)) deleteCookie(c, TOKEN_COOKIE, { path: "/" });
    return c.redirect("/sign-in", 303);
  });
  return routes;
}

/** A path of ours, and no other site's address. */
function ownPath(path: string | undefined): string {
  return path !== undefined && /^\/(?![/\\])/.test(path) ? path : "/";
}

/** Behind a proxy only its header tells. */
function cameByTls(c: Ctx): boolean {
  return c.req.header("x-forwarded-proto") === "https" || new URL(c.req.url).protocol === "https:";
}
