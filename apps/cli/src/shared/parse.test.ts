import { InvalidArgumentError } from "commander";
import { describe, expect, it } from "vitest";
import { amount, byteSize, integer, part, pointInTime, seconds } from "./parse.js";

describe("seconds", () => {
  it.each([
    ["90", 90],
    ["90s", 90],
    ["1.5m", 90],
    ["2h", 7200],
    ["1d", 86_400],
    ["500ms", 0.5],
  ])("reads %s", (text, value) => {
    expect(seconds(text)).toBe(value);
  });

  it.each(["", "-1", "1w", "s", "1 s", "1e3"])("refuses %j", (text) => {
    expect(() => seconds(text)).toThrow(InvalidArgumentError);
  });
});

describe("byteSize", () => {
  it.each([
    ["20GiB", 20 * 1024 ** 3],
    ["1.5KiB", 1536],
    ["500000", 500_000],
  ])("reads %s", (text, value) => {
    expect(byteSize(text)).toBe(value);
  });

  it.each(["", "0", "-1", "20GB", "GiB", "0.1"])("refuses %j", (text) => {
    expect(() => byteSize(text)).toThrow(InvalidArgumentError);
  });
});

describe("numbers", () => {
  it("are read within their range", () => {
    expect([integer(0, 10)("10"), amount("0.5"), part("1")]).toEqual([10, 0.5, 1]);
  });

  it.each([
    ["an integer above the range", () => integer(0, 10)("11"), /from 0 to 10/],
    ["an integer below it", () => integer(1)("0"), /at least 1/],
    ["a fraction for an integer", () => integer(1)("1.5"), /integer/],
    ["a negative amount", () => amount("-1"), /number/],
    ["a word", () => amount("many"), /number/],
    ["more than all", () => part("1.1"), /from 0 to 1/],
  ])("refuse %s and say what fits", (_, parse, message) => {
    expect(parse).toThrow(message);
  });
});

describe("pointInTime", () => {
  it("reads ISO 8601 and Unix seconds", () => {
    expect(pointInTime("2026-03-01T12:00:00Z")).toBe(Date.UTC(2026, 2, 1, 12));
    expect(pointInTime("1760000000")).toBe(1_760_000_000_000);
  });

  it("refuses anything else", () => {
    expect(() => pointInTime("soon")).toThrow(/2026-03-01T12:00:00Z/);
  });
});
