/**
 * Side-effect module that starts tracing before anything else is loaded:
 * `node --import @cc-ingest/telemetry/register dist/main.js`. Costs next to nothing, and loads nothing, unless
 * `OTEL_EXPORTER_OTLP_ENDPOINT` or `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` is set.
 */
import { exportWanted } from "./export-wanted.js";

const tracing = exportWanted(process.env, "traces");
if (tracing.on) {
  const { startSdk } = await import("./start-sdk.js");
  startSdk();
} else if (tracing.complaint !== undefined) {
  process.stderr.write(`${tracing.complaint}\n`);
}
