import type { MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";

/**
 * Without tokens whoever is on this machine may ask, but no web page in his browser: neither one whose name was made to lead here, nor
 * one that sends requests elsewhere than it came from.
 */
export const onlyFromHere: MiddlewareHandler = async (c, next) => {
  const host = c.req.header("host") ?? "";
  if (!isLoopbackHost(host))
    throw new HTTPException(403, {
      message: `without tokens only this machine may ask, by a name of loopback and not as ${host}`,
    });
  const origin = c.req.header("origin");
  const site = c.req.header("sec-fetch-site");
  if ((origin !== undefined && origin !== `http://${host}`) || site === "cross-site" || site === "same-site")
    throw new HTTPException(403, { message: "without tokens no other web page may ask" });
  await next();
};

function isLoopbackHost(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i.test(host);
}
