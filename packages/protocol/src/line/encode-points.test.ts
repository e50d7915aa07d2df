import { describe, expect, it } from "vitest";
import { encodeErrorCodes } from "../codes.js";
import { encodePoints } from "./encode-points.js";
import type { FieldValue, Point } from "./point.js";

const nameRule = "must not be empty, hold control characters or lone surrogates, end with a backslash";
const one: FieldValue = { kind: "float", value: 1 };

function point(part: Partial<Point>): Point {
  return { measurement: "m", tags: [], fields: [["v", one]], timestamp: undefined, ...part };
}

function text(points: Point[], precision?: "ns" | "us" | "ms" | "s" | "auto"): string {
  const result = encodePoints(points, precision === undefined ? {} : { precision });
  return result.ok ? Buffer.from(result.bytes).toString() : `${result.code}: ${result.message}`;
}

describe("encodes", () => {
  it("tags in the order of their bytes, fields as given, a newline between points only", () => {
    const tags = [
      ["z", "1"],
      ["\u{1f600}", "2"],
      ["\uffee", "3"],
      ["a", "4"],
    ] as const;
    const fields = [
      ["z", one],
      ["a", one],
    ] as const;
    expect(text([point({ tags, fields, timestamp: -5n }), point({})])).toBe(
      "m,a=4,z=1,\uffee=3,\u{1f600}=2 z=1,a=1 -5\nm v=1",
    );
  });

  it("nothing from no points", () => {
    expect(text([])).toBe("");
  });

  it("the escapes of each place", () => {
    const awkward = 'a,b=c d"e\\f';
    expect(
      text([
        point({
          measurement: awkward,
          tags: [[awkward, awkward]],
          fields: [[awkward, { kind: "string", value: `${awkward}\n\t\\` }]],
        }),
      ]),
    ).toBe(
      'a\\,b=c\\ d"e\\f,a\\,b\\=c\\ d"e\\f=a\\,b\\=c\\ d"e\\f a\\,b\\=c\\ d"e\\f="a,b=c d\\"e\\\\f\n\t\\\\"',
    );
  });

  it.each<[FieldValue, string]>([
    [{ kind: "integer", value: -(2n ** 63n) }, "-9223372036854775808i"],
    [{ kind: "integer", value: 2n ** 63n - 1n }, "9223372036854775807i"],
    [{ kind: "unsigned", value: 2n ** 64n - 1n }, "18446744073709551615u"],
    [{ kind: "unsigned", value: 0n }, "0u"],
    [{ kind: "boolean", value: true }, "true"],
    [{ kind: "boolean", value: false }, "false"],
    [{ kind: "string", value: "" }, '""'],
    [{ kind: "float", value: -0 }, "-0"],
    [{ kind: "float", value: 1e6 }, "1e+06"],
  ])("%o", (value, expected) => {
    expect(text([point({ fields: [["v", value]] })])).toBe(`m v=${expected}`);
  });

  it.each([
    ["ns", "1999999999"],
    ["us", "1999999"],
    ["ms", "1999"],
    ["s", "1"],
    ["auto", "1999999999"],
  ] as const)("timestamps in %s, cut off", (precision, expected) => {
    expect(text([point({ timestamp: 1_999_999_999n })], precision)).toBe(`m v=1 ${expected}`);
  });
});

describe("refuses, naming the point", () => {
  it.each<[string, Partial<Point>]>([
    ["invalid_measurement", { measurement: "" }],
    ["invalid_measurement", { measurement: "#m" }],
    ["invalid_measurement", { measurement: "a\n" }],
    ["invalid_measurement", { measurement: "a\\" }],
    ["invalid_measurement", { measurement: "\ud800" }],
    ["invalid_tag_key", { tags: [["", "x"]] }],
    ["invalid_tag_key", { tags: [["a\u007f", "x"]] }],
    ["invalid_tag_value", { tags: [["a", ""]] }],
    ["invalid_tag_value", { tags: [["a", "x\\"]] }],
    [
      "duplicate_tag",
      {
        tags: [
          ["a", "1"],
          ["b", "2"],
          ["a", "3"],
        ],
      },
    ],
    ["missing_field", { fields: [] }],
    ["invalid_field_key", { fields: [["", one]] }],
    [
      "invalid_field_key",
      {
        fields: [
          ["v", one],
          ["\t", one],
        ],
      },
    ],
    ["invalid_field_value", { fields: [["v", { kind: "string", value: "a\udc00" }]] }],
    ["number_out_of_range", { fields: [["v", { kind: "float", value: Number.NaN }]] }],
    ["number_out_of_range", { fields: [["v", { kind: "float", value: -Infinity }]] }],
    ["number_out_of_range", { fields: [["v", { kind: "integer", value: 2n ** 63n }]] }],
    ["number_out_of_range", { fields: [["v", { kind: "integer", value: -(2n ** 63n) - 1n }]] }],
    ["number_out_of_range", { fields: [["v", { kind: "unsigned", value: -1n }]] }],
    ["number_out_of_range", { fields: [["v", { kind: "unsigned", value: 2n ** 64n }]] }],
    ["timestamp_out_of_range", { timestamp: 2n ** 63n }],
    ["timestamp_out_of_range", { timestamp: -(2n ** 63n) - 1n }],
  ])("%s %o", (code, part) => {
    expect(text([point({}), point(part)])).toMatch(new RegExp(`^${code}: point 2: .*\\w`));
    expect(encodeErrorCodes).toContain(code);
  });

  it.each<[string, Partial<Point>]>([
    [`invalid_measurement: point 1: the measurement "" ${nameRule}, nor start with #`, { measurement: "" }],
    [
      `invalid_measurement: point 1: the measurement "#m" ${nameRule}, nor start with #`,
      { measurement: "#m" },
    ],
    [`invalid_tag_key: point 1: the tag key "a\\\\" ${nameRule}`, { tags: [["a\\", "x"]] }],
    [`invalid_tag_value: point 1: the value of tag "a" ${nameRule}`, { tags: [["a", ""]] }],
    [
      'duplicate_tag: point 1: the tag key "a" occurs twice',
      {
        tags: [
          ["a", "1"],
          ["a", "2"],
        ],
      },
    ],
    [`invalid_field_key: point 1: the field key "" ${nameRule}`, { fields: [["", one]] }],
    ["missing_field: point 1: a point needs at least one field", { fields: [] }],
    [
      'invalid_field_value: point 1: the field "v": the string holds a lone surrogate',
      { fields: [["v", { kind: "string", value: "\udc00" }]] },
    ],
    [
      'number_out_of_range: point 1: the field "v": NaN cannot be written',
      { fields: [["v", { kind: "float", value: Number.NaN }]] },
    ],
    [
      'number_out_of_range: point 1: the field "v": 9223372036854775808 leaves the range of integer numbers',
      { fields: [["v", { kind: "integer", value: 2n ** 63n }]] },
    ],
    [
      'number_out_of_range: point 1: the field "v": -1 leaves the range of unsigned numbers',
      { fields: [["v", { kind: "unsigned", value: -1n }]] },
    ],
    [
      "timestamp_out_of_range: point 1: the timestamp 9223372036854775808 leaves the range of int64",
      { timestamp: 2n ** 63n },
    ],
  ])("in words: %s", (expected, part) => {
    expect(text([point(part)])).toBe(expected);
  });

  it("a control character that only one of the classes would catch", () => {
    for (const char of ["\u0000", "\u001f", "\u007f"]) {
      expect(text([point({ measurement: `a${char}b` })])).toContain("invalid_measurement");
    }
    expect(text([point({ measurement: "#" })])).toContain('"#"');
    expect(text([point({ measurement: "a#", tags: [["#", "#"]] })])).toBe("a#,#=# v=1");
  });
});
