import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Role } from "@cc-ingest/web";
import { getCookie } from "hono/cookie";
import type { Ctx, Site } from "./site.js";

/** Who looks at a page. */
export interface Viewer {
  /** Undefined without authentication. */
  readonly login: string | undefined;
  readonly mayWrite: boolean;
  /** Why not. */
  readonly hindrance: string | undefined;
  /** What forms that change something carry. */
  readonly csrf: string;
}

/** As in ClusterCockpit: support sees everything, admin also changes it. */
export const readers: readonly Role[] = ["admin", "support"];
export const writers: readonly Role[] = ["admin"];

export const TOKEN_COOKIE = "cc_ingest_token";

export function viewerOf(c: Ctx, { config }: Pick<Site, "config">): Viewer {
  const { user, roles, authenticated } = c.var.principal;
  const hindrance = hindranceOf(config.ingest.console.writes, roles);
  return {
    login: authenticated ? user : undefined,
    mayWrite: hindrance === undefined,
    hindrance,
    csrf: csrfOf(c),
  };
}

function hindranceOf(writes: "on" | "off", roles: readonly Role[]): string | undefined {
  if (writes === "off") return "this console only reads: set ingest.console.writes to on";
  if (roles.some((role) => writers.includes(role))) return undefined;
  return `only who has one of these roles may answer dead letters: ${writers.join(", ")}`;
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
