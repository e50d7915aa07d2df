export { createLogger, type Logger, type LoggerSettings } from "./logger.js";
export { onCrash } from "./on-crash.js";
export { sanitizeLogLine } from "./sanitize-log-line.js";
export { shutdownTelemetry } from "./shutdown.js";
export { withBatchSpan, withSpan, type BatchSpanOptions } from "./spans.js";
export { extractTraceContext, injectTraceContext } from "./trace-context.js";
