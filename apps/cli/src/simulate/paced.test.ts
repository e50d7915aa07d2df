import { expect, it } from "vitest";
import { paced } from "./paced.js";

const messages = Array.from({ length: 5 }, (_, index) => ({ due: index * 2, index }));

async function collect(pace: Parameters<typeof paced>[1]): Promise<number[]> {
  const seen: number[] = [];
  for await (const { index } of paced(messages, pace)) seen.push(index);
  return seen;
}

it.each([
  ["in real time", { realTime: true }],
  ["as fast as they are taken", { realTime: false }],
  ["at a limited rate", { realTime: false, rateLimit: 1000 }],
])("gives all messages in order %s", async (_, pace) => {
  const { signal } = new AbortController();
  expect(await collect({ ...pace, signal })).toEqual([0, 1, 2, 3, 4]);
});

it("gives no message before it is due", async () => {
  const began = performance.now();
  const late: number[] = [];
  for await (const { due } of paced(messages, { realTime: true, signal: new AbortController().signal }))
    late.push(performance.now() - began - due);
  // A timer may fire within the millisecond before its time.
  expect(Math.min(...late)).toBeGreaterThan(-2);
});

it("stops waiting when the signal aborts", async () => {
  const controller = new AbortController();
  const seen: number[] = [];
  const endless = [{ due: 0 }, { due: 3_600_000 }];
  for await (const { due } of paced(endless, { realTime: true, signal: controller.signal })) {
    seen.push(due);
    setImmediate(() => controller.abort());
  }
  expect(seen).toEqual([0]);
});
