import { expect, it } from "vitest";
import { bytes, duration, figure } from "./format.js";

it.each([
  [0, "0 ms"],
  [0.0123, "12 ms"],
  [1, "1 s"],
  [1.26, "1.3 s"],
  [59.7, "1 min"],
  [61, "1 min 1 s"],
  [3_600, "1 h"],
  [3_661, "1 h 1 min"],
  [90_000, "1 d 1 h"],
])("%f seconds are %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

it.each([
  [0, "0 B"],
  [999, "999 B"],
  [1_500, "1.50 kB"],
  [697_700, "697.7 kB"],
  [2e13, "20.0 TB"],
])("%i bytes are %s", (size, text) => {
  expect(bytes(size)).toBe(text);
});

it("rates keep three digits", () => {
  expect([0, 0.1234, 12.34, 123.4, 12_345].map(figure)).toEqual(["0", "0.12", "12.3", "123.4", "12,345"]);
});
