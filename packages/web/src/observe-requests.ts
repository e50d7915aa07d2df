import { extractTraceContext, type Logger, withSpan } from "@cc-ingest/telemetry";
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, context, trace } from "@opentelemetry/api";
import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import type { WebEnv } from "./web-env.js";

/**
 * A span for each request, in the trace that its `traceparent` names, and a line in the log: at debug for what was only read, which
 * would drown the rest where pages and scripts poll.
 */
export function observeRequests(log: Logger): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    const { method, path } = c.req;
    const begun = performance.now();
    const remote = extractTraceContext((name) => c.req.header(name));
    const parent = remote === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, remote);
    const attributes = { "http.request.method": method, "url.path": path };
    await context.with(parent, () =>
      withSpan(method, { kind: SpanKind.SERVER, attributes }, async (span) => {
        await next();
        const { status } = c.res;
        const route = routePath(c, -1);
        span.updateName(`${method} ${route}`);
        span.setAttributes({ "http.route": route, "http.response.status_code": status });
        if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
        const ms = Math.round((performance.now() - begun) * 10) / 10;
        const level = isRead(method) && status < 400 ? "debug" : "info";
        log[level]({ method, path, status, ms, user: c.get("principal")?.user }, "request");
      }),
    );
  };
}

const isRead = (method: string): boolean => method === "GET" || method === "HEAD";
