import { startOtlpReceiver } from "@cc-ingest/telemetry/testing";
import { expect, test } from "vitest";
import { startLine } from "./testing/fixtures.js";
import { JOBS, useStack } from "./testing/stack.js";

const stack = useStack();
const T = 1_760_000_000;

const controlCharacters = /[\p{Cc}\u2028\u2029]/u;

test("what a message says stands in no log line, and what names it there holds no control characters", async () => {
  const { running, publish, drained, db } = stack();
  const service = await running("ingest-jobs");
  const hostile = "\u001b[31mred\u0007\u009b2J";
  await publish(JOBS, startLine(1, T, { user: "somebody-private", project: "secret-project" }));
  await publish(JOBS, startLine(2, T, { user: "somebody-private", [hostile]: 1 }));
  await publish(JOBS, `job,function=${hostile} event="somebody-private" 1`);
  await publish(JOBS, `${hostile} somebody-private`);
  await drained("ingest-jobs");
  expect(await db.selectFrom("dead_letter").select("id").execute()).toHaveLength(3);
  service.kill("SIGTERM");
  expect(await service.exit).toBe(0);

  const rejected = service.log.filter(({ msg }) => msg === "line rejected");
  expect(rejected).toHaveLength(3);
  for (const line of [...service.stdout, ...service.stderr]) {
    expect(line).not.toMatch(/somebody-private|secret-project/);
    expect(line).not.toMatch(controlCharacters);
  }
});

test("a batch is one line at debug however many messages it has, and a reject names its message and the batch's span", async () => {
  const { running, start, publish, drained, jsm } = stack();
  await using collector = await startOtlpReceiver();
  const before = start("ingest-jobs");
  await before.ready();
  before.kill("SIGTERM");
  await before.exit;
  const MESSAGES = 100;
  for (let id = 1; id < MESSAGES; id++) await publish(JOBS, startLine(1000 + id, T));
  await publish(JOBS, "no job");
  const sequence = (await jsm.streams.info("CC_JOB")).state.last_seq;
  const service = await running("ingest-jobs", { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint });
  await drained("ingest-jobs");
  service.kill("SIGTERM");
  expect(await service.exit).toBe(0);

  const committed = service.log.filter(({ msg }) => msg === "batch committed");
  const batches = collector.spans.filter(({ name }) => name === `process ${JOBS}`);
  expect(committed).toHaveLength(batches.length);
  expect(new Set(committed.map((line) => line["span_id"]))).toEqual(
    new Set(batches.map(({ spanId }) => spanId)),
  );
  expect(new Set(committed.map(({ level }) => level))).toEqual(new Set(["debug"]));
  expect(committed.reduce((sum, line) => sum + Number(line["messages"]), 0)).toBe(MESSAGES);
  expect(service.log.length).toBeLessThan(MESSAGES);
  for (const { spanId, attributes } of batches)
    expect(committed.find((line) => line["span_id"] === spanId)).toMatchObject({
      stream: "CC_JOB",
      firstSequence: Number(attributes["ingest.stream.first_sequence"]),
      lastSequence: Number(attributes["ingest.stream.last_sequence"]),
    });

  const last = batches.find(
    ({ attributes }) => Number(attributes["ingest.stream.last_sequence"]) === sequence,
  );
  expect(service.log.filter(({ msg }) => msg === "line rejected")).toMatchObject([
    { level: "warn", stream: "CC_JOB", sequence, line: 1, trace_id: last?.traceId, span_id: last?.spanId },
  ]);
});

test("LOG_LEVEL says from which level on a service speaks", async () => {
  const { running, publish, drained } = stack();
  const service = await running("ingest-jobs", { LOG_LEVEL: "info" });
  await publish(JOBS, [startLine(2000, T), "no job"].join("\n"));
  await drained("ingest-jobs");
  service.kill("SIGTERM");
  expect(await service.exit).toBe(0);
  expect(new Set(service.log.map(({ level }) => level))).toEqual(new Set(["info", "warn"]));
});
