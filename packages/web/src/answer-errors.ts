import { STATUS_CODES } from "node:http";
import { type FailureKind, classifyDatabaseError } from "@cc-ingest/database";
import { PublishError } from "@cc-ingest/jetstream";
import { messageOf } from "@cc-ingest/service";
import type { Logger } from "@cc-ingest/telemetry";
import type { Context, ErrorHandler, NotFoundHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** Every error's answer, as ClusterCockpit's: the code in words, and what is wrong. */
export interface ErrorAnswer {
  readonly status: string;
  readonly error: string;
}

export function errorAnswer(
  c: Context,
  code: ContentfulStatusCode,
  error: string,
  further: Readonly<Record<string, unknown>> = {},
): Response {
  if (code === 401) c.header("WWW-Authenticate", "Bearer");
  if (code === 503) c.header("Retry-After", "5");
  return c.json({ status: STATUS_CODES[code] ?? String(code), error, ...further }, code);
}

/** What went wrong on our side is told in the log; the answer never holds a stack or what a server said. */
export function answerErrors(log: Logger): ErrorHandler {
  return (error, c) => {
    if (error instanceof HTTPException) return errorAnswer(c, error.status, error.message);
    const trouble = infrastructureTrouble(error);
    if (trouble !== undefined) {
      log.warn({ reason: messageOf(error), path: c.req.path }, trouble);
      return errorAnswer(c, 503, `${trouble}; try again`);
    }
    log.error({ err: error, method: c.req.method, path: c.req.path }, "a request failed");
    return errorAnswer(c, 500, "internal error; the log tells more");
  };
}

const troubles: Partial<Record<FailureKind, string>> = {
  transient: "the database does not answer",
  conflict: "other requests change the same rows",
  timeout: "the database took too long",
};

function infrastructureTrouble(error: unknown): string | undefined {
  return error instanceof PublishError
    ? "the broker has not confirmed that it is stored"
    : troubles[classifyDatabaseError(error)];
}

export const answerNotFound: NotFoundHandler = (c) =>
  errorAnswer(c, 404, `there is nothing at ${c.req.method} ${c.req.path}`);
