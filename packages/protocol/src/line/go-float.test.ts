import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatGoFloat, parseGoFloat } from "./go-float.js";
import { numRuns } from "../testing/runs.js";

describe("a float is written as Go's %g writes it", () => {
  it.each([
    [100000, "100000"],
    [999999, "999999"],
    [1e6, "1e+06"],
    [1234567, "1.234567e+06"],
    [12345678.5, "1.23456785e+07"],
    [1e21, "1e+21"],
    [1.5e100, "1.5e+100"],
    [0.0001, "0.0001"],
    [0.000123, "0.000123"],
    [0.00001, "1e-05"],
    [-1.5e7, "-1.5e+07"],
    [5e-324, "5e-324"],
    [1.7976931348623157e308, "1.7976931348623157e+308"],
    [0, "0"],
    [-0, "-0"],
    [123456.5, "123456.5"],
  ])("%d", (value, text) => {
    expect(formatGoFloat(value)).toBe(text);
  });

  it("and reads back the same", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(formatGoFloat(value))).toBe(value);
      }),
      { numRuns },
    );
  });
});

describe("the rarer spellings are read as Go's ParseFloat reads them", () => {
  it.each([
    ["1_000", 1000],
    ["1_0.5_0", 10.5],
    ["1e1_0", 1e10],
    ["0_1.5", 1.5],
    ["-1_0", -10],
    ["0x_1p4", 16],
    ["0x1_0p1_0", 16384],
    ["0x1p-2", 0.25],
    ["0x.8p1", 1],
    ["0x8.p1", 16],
    ["0X1P+3", 8],
    ["-0x1p1", -2],
    ["0x1.fffffffffffff8p0", 2],
    ["0x1.fffffffffffff7p0", 1.9999999999999998],
    ["0x1.fffffffffffff8p-1", 1],
    ["0x1.00000000000008p0", 1],
    ["0x1.000000000000080000000000000000000000000000001p0", 1.0000000000000002],
    ["0x1.00000000000018p0", 1.0000000000000004],
    ["0x1.8_0p3", 12],
    [`0x1.00000000000008${"0".repeat(40)}p0`, 1],
    [`0x1.00000000000008${"0".repeat(17)}fp0`, 1.0000000000000002],
    ["0x2.80000000000001p-1074", 1.5e-323],
    ["0x1p-1075", 0],
    ["0x1.8p-1075", 5e-324],
    ["0x1p-1074", 5e-324],
    ["0x1p-1076", 0],
    ["0x1.fffffffffffffp-1023", 2.2250738585072014e-308],
    ["0x1.fffffffffffffp1023", 1.7976931348623157e308],
    ["0x1.fffffffffffff8p1023", Infinity],
    ["0x1p1024", Infinity],
    ["0x1p99999999999", Infinity],
    ["0x1p-99999999999", 0],
    ["0x0p99999", 0],
    ["0x000000000000000000000000000000000000000000001p0", 1],
    ["0x100000000000000000000000000000000000000000000p-172", 16],
  ])("%s", (text, value) => {
    expect(parseGoFloat(text)).toBe(value);
  });

  it.each([
    "_1",
    "1_",
    "1__0",
    "0xp1",
    "0x1",
    "1_e5",
    "1e_5",
    "0b1",
    "0_",
    "0x1p4_",
    "1._5",
    "0x1._5p1",
    "0o17",
    ".",
    "1e",
    "-",
    "--1",
    "0x_p1",
    "0x1e5",
    " 1",
    "infinity",
    "nan",
    "",
    "1e+",
    "0x.p1",
    "x1p1",
    "-.",
    "_",
    "0x__1p1",
    "10x1p0",
    "--0x1p1",
    "0x1p1z",
    "0x1p1.5",
    "x1",
    "1x",
    "1e5x",
    "1e5.5",
    "1_.5",
  ])("%j is no number", (text) => {
    expect(parseGoFloat(text)).toBeUndefined();
  });

  it("without spending time on digits that cannot matter", () => {
    expect(parseGoFloat(`0x${"f".repeat(200_000)}p-800000`)).toBe(1);
    expect(parseGoFloat(`0x${"0".repeat(200_000)}8p0`)).toBe(8);
  });
});
