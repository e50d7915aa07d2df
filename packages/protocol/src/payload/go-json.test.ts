import { describe, expect, it } from "vitest";
import { type GoValue, goJson } from "./go-json.js";

describe("JSON is written as Go's encoding/json writes it", () => {
  it.each<[GoValue, string]>([
    [null, "null"],
    [true, "true"],
    [false, "false"],
    [0, "0"],
    [-0, "-0"],
    [1.5, "1.5"],
    [-2, "-2"],
    [1e21, "1e+21"],
    [9007199254740993n, "9007199254740993"],
    [-1n, "-1"],
    ["", '""'],
    ['a"\\\n\t\u0001é\u{1f600}', '"a\\"\\\\\\n\\t\\u0001é\u{1f600}"'],
    ["<&>\u2028\u2029", '"\\u003c\\u0026\\u003e\\u2028\\u2029"'],
    [[], "[]"],
    [[1, "a", [null]], '[1,"a",[null]]'],
    [{}, "{}"],
    [{ b: 1n, a: [], "<": null }, '{"b":1,"a":[],"\\u003c":null}'],
    [{ a: undefined, b: 1, c: undefined }, '{"b":1}'],
  ])("%o", (value, expected) => {
    expect(goJson(value)).toBe(expected);
  });

  it("leaves what no receiver accepts as it is", () => {
    expect(goJson(Number.NaN)).toBe("NaN");
    expect(goJson(-Infinity)).toBe("-Infinity");
  });
});
