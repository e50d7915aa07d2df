import { expect, it } from "vitest";
import { Latency } from "./latency.js";

it("tells the middle and the slow end, a tenth too high at most", () => {
  const latency = new Latency(() => 0);
  for (let i = 1; i <= 1_000; i++) latency.add(i / 1_000);
  const { p50 = 0, p95 = 0 } = latency.figures ?? {};
  expect(p50 / 0.5).toBeGreaterThanOrEqual(1);
  expect(p50 / 0.5).toBeLessThan(1.1);
  expect(p95 / 0.95).toBeGreaterThanOrEqual(1);
  expect(p95 / 0.95).toBeLessThan(1.1);
});

it("knows times from nothing to weeks", () => {
  const latency = new Latency(() => 0);
  latency.add(0);
  latency.add(-3);
  expect(latency.figures).toEqual({ p50: 0.001, p95: 0.001 });
  const slow = new Latency(() => 0);
  slow.add(86_400);
  expect(Math.round((slow.figures?.p50 ?? 0) / 86_400)).toBe(1);
});

it("forgets what is older than a minute, and says when there is nothing", () => {
  let now = 0;
  const latency = new Latency(() => now);
  expect(latency.figures).toBeNull();
  latency.add(1);
  now = 49_000;
  latency.add(100);
  expect(latency.figures?.p50).toBeLessThan(2);
  now = 65_000;
  expect(latency.figures?.p50).toBeGreaterThan(90);
  now = 130_000;
  expect(latency.figures).toBeNull();
});
