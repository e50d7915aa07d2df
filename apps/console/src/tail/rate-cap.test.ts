import { expect, it } from "vitest";
import { RateCap } from "./rate-cap.js";

it("lets a second's worth through at once, and then as much as has come together since", () => {
  let now = 0;
  const cap = new RateCap(4, () => now);
  expect(cap.take(10)).toBe(4);
  expect(cap.take(1)).toBe(0);
  now = 250;
  expect(cap.take(10)).toBe(1);
  now = 100_000;
  expect([cap.take(3), cap.take(3)]).toEqual([3, 1]);
});
