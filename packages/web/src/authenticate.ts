import type { WebSettings } from "@cc-ingest/config";
import type { Context, MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { type Role, anyoneHere } from "./principal.js";
import { TokenRefusal, tokenVerifier } from "./verify-token.js";
import type { WebEnv } from "./web-env.js";

/** Where a request carries its token: the first that is there counts. */
export type TokenOf = (c: Context) => string | undefined;

/** As ClusterCockpit: `X-Auth-Token`, else `Authorization: Bearer`. */
export const tokenInHeaders: TokenOf = (c) => {
  const own = c.req.header("x-auth-token");
  if (own !== undefined && own !== "") return own;
  return /^Bearer +(\S+) *$/i.exec(c.req.header("authorization") ?? "")?.[1];
};

/** Says who asks, as `principal`; who has no valid token gets 401. Without a key in the configuration it is whoever is on this machine. */
export function authenticate(
  { jwtPublicKey }: Pick<WebSettings, "jwtPublicKey">,
  tokenOf: TokenOf = tokenInHeaders,
): MiddlewareHandler<WebEnv> {
  const verify = jwtPublicKey === undefined ? undefined : tokenVerifier(jwtPublicKey);
  return async (c, next) => {
    if (verify === undefined) c.set("principal", anyoneHere);
    else {
      const token = tokenOf(c);
      if (token === undefined)
        throw unauthorized("a token is needed, in the header X-Auth-Token or Authorization: Bearer");
      try {
        c.set("principal", await verify(token));
      } catch (error) {
        throw error instanceof TokenRefusal ? unauthorized(error.message) : error;
      }
    }
    await next();
  };
}

/** Lets pass who has one of these roles; everybody else gets 403. Comes after `authenticate`. */
export function allow(...allowed: readonly Role[]): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    const { user, roles } = c.var.principal;
    if (!roles.some((role) => allowed.includes(role)))
      throw new HTTPException(403, { message: `${user} needs one of these roles: ${allowed.join(", ")}` });
    await next();
  };
}

function unauthorized(message: string): HTTPException {
  return new HTTPException(401, { message });
}
