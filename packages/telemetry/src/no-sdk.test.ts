import { createLogger } from "./logger.js";
import { shutdownTelemetry } from "./shutdown.js";
import { withBatchSpan, withSpan } from "./spans.js";
import { expect, it } from "vitest";

it("runs everything, and records nothing, while no SDK is registered", async () => {
  const lines: string[] = [];
  const logger = createLogger({
    service: "test",
    env: {},
    pretty: false,
    destination: { write: (line) => lines.push(line) },
  });
  const link = { traceId: "1".repeat(32), spanId: "1".repeat(16), traceFlags: 1 };
  const other = { ...link, traceId: "2".repeat(32) };
  const result = await withBatchSpan({ name: "process x", links: [link, other], attributes: {} }, (batch) =>
    withSpan("decode", {}, (span) => {
      logger.info("inside");
      return Promise.resolve([batch.isRecording(), span.isRecording()]);
    }),
  );
  expect(result).toEqual([false, false]);
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
    { level: "info", time: expect.any(String), service: "test", msg: "inside" },
  ]);
  await expect(shutdownTelemetry()).resolves.toBeUndefined();
});
