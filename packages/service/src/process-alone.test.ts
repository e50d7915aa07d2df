import { StoppedError } from "@cc-ingest/jetstream";
import { createLogger } from "@cc-ingest/telemetry";
import { expect, test } from "vitest";
import { createNoopMeter } from "@opentelemetry/api";
import { ServiceMetrics } from "./metrics/service-metrics.js";
import { processAlone } from "./process-alone.js";
import { deliveryOf } from "./testing/delivery.js";
import { useStage } from "./testing/replay-stage.js";

const stage = useStage();
const delivery = deliveryOf("any bytes", { deliveryCount: 9 });

/** What the work came to: its error, or whether it was done at all. */
async function alone(work: () => Promise<void>): Promise<string> {
  const service = "ingest-jobs";
  const context = {
    db: stage().db,
    origin: { service, build: "test" },
    log: createLogger({ service, env: { LOG_LEVEL: "silent" } }),
    metrics: ServiceMetrics.on(createNoopMeter(), service),
  };
  let worked = false;
  const process = async (): Promise<void> => {
    worked = true;
    await work();
  };
  try {
    await processAlone(context, delivery, (attempt) => attempt(1), process);
    return worked ? "done" : "given up";
  } catch (error) {
    return String(error);
  }
}

const attempts = async () =>
  (await stage().db.selectFrom("lone_attempt").select("begun").execute()).map(({ begun }) => begun);
const fail = (error: Error) => async () => {
  throw error;
};

test.each([
  ["succeeds", async () => {}, "done"],
  ["is stopped", fail(new StoppedError("stop")), "Error: stop"],
  ["meets a missing table", fail(Object.assign(new Error("no table"), { code: "42P01" })), "Error: no table"],
])("a message whose work %s is not held to account", async (_, work, outcome) => {
  expect(await alone(work)).toBe(outcome);
  expect(await attempts()).toEqual([]);
});

test("the attempt is noted while the work goes on", async () => {
  let noted: number[] = [];
  await alone(async () => {
    noted = await attempts();
  });
  expect(noted).toEqual([1]);
});

test("after three attempts that did not end, it is not worked on again, and its bytes are kept", async () => {
  const fault = fail(new TypeError("a bug of ours"));
  for (const begun of [1, 2, 3]) {
    expect(await alone(fault)).toBe("TypeError: a bug of ours");
    expect(await attempts()).toEqual([begun]);
  }
  expect(await alone(fault)).toBe("given up");
  expect(await attempts()).toEqual([]);
  const letters = await stage().db.selectFrom("dead_letter").selectAll().execute();
  expect(letters).toMatchObject([
    { reason: "crashes_service", line_number: 0, raw: Buffer.from("any bytes"), stream_sequence: 7n },
  ]);
});

test("one success between them is enough to begin anew", async () => {
  const fault = fail(new TypeError("a bug of ours"));
  for (const work of [fault, fault, async () => {}, fault]) await alone(work);
  expect(await attempts()).toEqual([1]);
});
