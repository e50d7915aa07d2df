import { expect, it } from "vitest";
import { scratchOf } from "./scratch.js";

const mebibyte = 1024 * 1024;

it("the scratch buffer is large enough, and the same again for what fits it", () => {
  const first = scratchOf(100);
  expect(first.length).toBeGreaterThanOrEqual(100);
  expect(scratchOf(1)).toBe(first);
  expect(scratchOf(first.length)).toBe(first);
  const grown = scratchOf(first.length + 1);
  expect(grown.length).toBeGreaterThan(first.length);
  expect(scratchOf(first.length + 2)).toBe(grown);
});

it("a buffer of more than a mebibyte is not kept", () => {
  const kept = scratchOf(mebibyte);
  expect(kept).toHaveLength(mebibyte);
  const huge = scratchOf(mebibyte + 1);
  expect(huge).toHaveLength(mebibyte + 1);
  expect(scratchOf(mebibyte + 1)).not.toBe(huge);
  expect(scratchOf(mebibyte)).toBe(kept);
});
