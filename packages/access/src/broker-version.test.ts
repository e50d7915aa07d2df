import { describe, expect, it } from "vitest";
import { isAtLeast, isRecommended } from "./broker-version.js";

describe("isAtLeast", () => {
  it.each([
    ["2.10.0", "2.10.0", true],
    ["2.9.10", "2.10.0", false],
    ["2.15.0", "2.9.10", true],
    ["2.12.6-RC.1", "2.12.6", true],
    ["3.0.0", "2.99.99", true],
  ])("%s is at least %s: %s", (version, wanted, expected) => {
    expect(isAtLeast(version, wanted)).toBe(expected);
  });
});

describe("isRecommended", () => {
  it.each([
    ["2.9.10", false],
    ["2.11.14", false],
    ["2.11.15", true],
    ["2.12.0", false],
    ["2.12.5", false],
    ["2.12.6", true],
    ["2.15.0", true],
  ])("%s: %s", (version, expected) => {
    expect(isRecommended(version)).toBe(expected);
  });
});
