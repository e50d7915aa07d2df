import { diag, type DiagLogger, DiagLogLevel } from "@opentelemetry/api";
import { diagLogLevelFromString } from "@opentelemetry/core";
import { createLogger, type Logger } from "./logger.js";

const quietMs = 60_000;

/** Has OpenTelemetry complain in this process's log, from `OTEL_LOG_LEVEL` (warn) on. */
export function reportDiagnostics(): void {
  diag.setLogger(diagnosticLogger(createLogger({ service: "opentelemetry" })), {
    logLevel: diagLogLevelFromString(process.env["OTEL_LOG_LEVEL"]) ?? DiagLogLevel.WARN,
    suppressOverrideMessage: true,
  });
}

/** OpenTelemetry's own complaints as log lines: each kind once a minute, so a dead collector does not flood. */
export function diagnosticLogger(logger: Logger, now: () => number = Date.now): DiagLogger {
  const lastSeen = new Map<string, number>();
  const at =
    (level: "error" | "warn" | "info" | "debug" | "trace") =>
    (message: string, ...details: unknown[]): void => {
      // Errors arrive as JSON text with a stack; the first words tell the kind.
      const kind = `${level} ${message.slice(0, 80)}`;
      if (now() - (lastSeen.get(kind) ?? -Infinity) < quietMs) return;
      if (lastSeen.size > 1000) lastSeen.clear();
      lastSeen.set(kind, now());
      logger[level]({ ...(details.length > 0 && { details }) }, shorten(message));
    };
  return {
    error: at("error"),
    warn: at("warn"),
    info: at("info"),
    debug: at("debug"),
    verbose: at("trace"),
  };
}

/** The message of an error that OpenTelemetry has turned into JSON text, without its stack. */
function shorten(message: string): string {
  try {
    const parsed: unknown = JSON.parse(message);
    if (typeof parsed === "object" && parsed !== null && "message" in parsed)
      return `telemetry: ${String(parsed.message)}`;
  } catch {
    // Plain text.
  }
  return `telemetry: ${message}`;
}
