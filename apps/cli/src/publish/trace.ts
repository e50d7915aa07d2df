import { shutdownTelemetry, withSpan } from "@cc-ingest/telemetry";
import { isSpanContextValid } from "@opentelemetry/api";
import { mistake } from "../shared/cli-error.js";
import { note } from "../shared/terminal.js";

/** With `on`: runs `work` in the root span of a new trace, whose id it tells, and sends the spans off at the end. */
export async function withTrace(on: boolean, work: () => Promise<void>): Promise<void> {
  if (!on) return await work();
  // What the exporter has to say must not get into what the command prints.
  process.env["OTEL_LOG_LEVEL"] ??= "NONE";
  await import("@cc-ingest/telemetry/register");
  try {
    await withSpan("ccingest publish", {}, async (span) => {
      const { traceId } = span.spanContext();
      if (!isSpanContextValid(span.spanContext()))
        throw mistake(
          "--trace needs a collector: set OTEL_EXPORTER_OTLP_ENDPOINT, such as http://localhost:4318",
        );
      note(`trace ${traceId}`);
      await work();
    });
  } finally {
    await shutdownTelemetry();
  }
}
