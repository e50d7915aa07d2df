import { expect, it } from "vitest";
import { diagnosticLogger } from "./diagnostics.js";
import { createLogger } from "./logger.js";

it("reports each kind of trouble once a minute, in one line", () => {
  const lines: string[] = [];
  const logger = createLogger({
    service: "opentelemetry",
    env: {},
    pretty: false,
    destination: { write: (line) => lines.push(line) },
  });
  let now = 0;
  const diag = diagnosticLogger(logger, () => now);
  const failure = JSON.stringify({ message: "connect ECONNREFUSED", stack: "Error: …\n at …" });
  diag.error(failure);
  diag.error(failure);
  diag.warn("Dropped 7 spans");
  now = 59_999;
  diag.error(failure);
  now = 60_000;
  diag.error(failure);
  expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
    { level: "error", msg: "telemetry: connect ECONNREFUSED" },
    { level: "warn", msg: "telemetry: Dropped 7 spans" },
    { level: "error", msg: "telemetry: connect ECONNREFUSED" },
  ]);
});
