import { expect, test } from "vitest";
import type { MessageOutcome } from "@cc-ingest/protocol";
import { decodeBatch } from "./decode-batch.js";
import { decodeInTurns, turns } from "./decode-in-turns.js";
import { deliveryOf } from "./testing/delivery.js";

const stop = (jobId: number, padding = 0) =>
  `${"#".repeat(padding)}\njob,function=stop_job event="{\\"jobId\\":${jobId},\\"stopTime\\":1760000000}" 1760000000000000000\nbroken`;
const context = {
  service: "ingest-jobs",
  build: "1.2.3",
  precision: "ns" as const,
  accept: (outcome: MessageOutcome) => (outcome.kind === "stop_job" ? outcome : undefined),
};
const large = [1, 2, 3, 4, 5].map((jobId) => deliveryOf(stop(jobId, 70_000), { sequence: jobId }));

test("in turns comes what comes at once", async () => {
  const inTurns = await decodeInTurns(large, context);
  expect(inTurns).toEqual(decodeBatch(large, context));
  expect(inTurns.events).toHaveLength(5);
  expect(inTurns.deadLetters).toHaveLength(5);
});

test("a batch of large messages lets others have their turn; one of small messages does not stop", async () => {
  expect(turns(large).map(({ length }) => length)).toEqual([2, 2, 1]);
  expect(turns(Array.from({ length: 500 }, (_, i) => deliveryOf(stop(i)))).length).toBe(1);
  let others = 0;
  const decoding = decodeInTurns(large, context);
  setImmediate(() => others++);
  await decoding;
  expect(others).toBe(1);
});

test("an empty batch has no turns", async () => {
  expect(await decodeInTurns([], context)).toEqual({ events: [], deadLetters: [] });
});
