import { createRequire } from "node:module";
import { isSpanContextValid, trace } from "@opentelemetry/api";
import {
  destination,
  pino,
  stdTimeFunctions,
  type DestinationStream,
  type Logger,
  type LoggerOptions,
} from "pino";
import type * as PinoPrettyModule from "pino-pretty";
import { sanitizeLogLine, sanitizeTerminalLine } from "./sanitize-log-line.js";
import { printableError } from "./printable-error.js";
import type { Environment } from "./export-wanted.js";

export type { Logger } from "pino";

type PinoPretty = typeof PinoPrettyModule;

export interface LoggerSettings {
  /** The process that speaks, for example `ingest-jobs`; in each line as `service`. */
  readonly service: string;
  /** `LOG_LEVEL` is read from here: trace, debug, info (default), warn, error, fatal or silent. */
  readonly env?: Environment;
  /** Readable lines instead of JSON. Default: when standard output is a terminal. */
  readonly pretty?: boolean;
  /** Default: standard output. */
  readonly destination?: DestinationStream;
}

const levels = new Set(["trace", "debug", "info", "warn", "error", "fatal", "silent"]);
const secretKeys = ["password", "token", "authorization", "credentials", "seed", "secret"];

/**
 * A pino logger: one JSON object per line with `level`, `time` (ISO 8601), `service`, `msg`, and the `trace_id` and
 * `span_id` of the active span. Secrets are hidden: by key down to the third level, and inside URLs anywhere. Of an error (`err`) it
 * shows what `printableError` does.
 */
export function createLogger(settings: LoggerSettings): Logger {
  const { service, env = process.env, pretty = process.stdout.isTTY } = settings;
  const wanted = env["LOG_LEVEL"]?.trim().toLowerCase() ?? "";
  const level = levels.has(wanted) ? wanted : "info";
  const options: LoggerOptions = {
    level,
    base: { service },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    mixin: activeTrace,
    serializers: { err: printableError },
    redact: {
      paths: secretKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]),
      censor: "***",
    },
    hooks: { streamWrite: pretty ? sanitizeTerminalLine : sanitizeLogLine },
  };
  const stream = pretty ? prettyStream(settings.destination) : settings.destination;
  const logger = stream === undefined ? pino(options) : pino(options, stream);
  if (wanted !== "" && wanted !== level)
    logger.warn(`LOG_LEVEL must be one of ${[...levels].join(", ")}; info is used`);
  return logger;
}

function activeTrace(): object {
  const active = trace.getActiveSpan()?.spanContext();
  return active === undefined || !isSpanContextValid(active)
    ? {}
    : { trace_id: active.traceId, span_id: active.spanId };
}

/** Synchronous, unlike pino-pretty's own stream: what is logged just before `process.exit` must be seen. */
function prettyStream(target: DestinationStream = destination({ fd: 1, sync: true })): DestinationStream {
  // Loaded only for a terminal: a service in a container starts without it.
  const { prettyFactory } = createRequire(import.meta.url)("pino-pretty") as PinoPretty;
  const readable = prettyFactory({
    ignore: "service,trace_id,span_id",
    translateTime: "SYS:HH:MM:ss.l",
    singleLine: true,
  });
  return {
    write: (line) => {
      target.write(readable(line));
    },
  };
}
