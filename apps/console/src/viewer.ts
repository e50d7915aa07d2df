import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Role } from "@cc-ingest/web";
import { getCookie } from "hono/cookie";
import type { Ctx, Site } from "./site.js";

/** Who looks at a page. */
export interface Viewer {
  /** Undefined without authentication. */
  readonly login: string | undefined;
  readonly mayWrite: boolean;
  /** What forms that change something carry. */
  readonly csrf: string;
}

/** As in ClusterCockpit: support sees everything, admin also changes it. */
export const readers: readonly Role[] = ["admin", "support"];
export const writers: readonly Role[] = ["admin"];

export const TOKEN_COOKIE = "cc_ingest_token";

export function viewerOf(c: Ctx, { config }: Pick<Site, "config">): Viewer {
  const { user, roles, authenticated } = c.var.principal;
  return {
    login: authenticated ? user : undefined,
    mayWrite: config.ingest.console.writes === "on" && roles.some((role) => writers.includes(role)),
    csrf: csrfOf(c),
  };
}

const withoutTokens = randomBytes(32).toString("hex");

/** Only who may read our pages knows it: it follows from the cookie, which no page can read, so that every replica makes the same. */
function csrfOf(c: Ctx): string {
  return createHmac("sha256", getCookie(c, TOKEN_COOKIE) ?? withoutTokens)
    .update("csrf")
    .digest("hex");
}

export function isOurForm(c: Ctx, given: unknown): boolean {
  const [expected, found] = [Buffer.from(csrfOf(c)), Buffer.from(typeof given === "string" ? given : "")];
  return expected.length === found.length && timingSafeEqual(expected, found);
}
