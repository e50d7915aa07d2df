import { describe, expect, it } from "vitest";
import { bytesOf } from "../testing/marked-input.js";
import { type DecodedLine, decodeLines } from "./decode-lines.js";
import type { FieldValue, Point } from "./point.js";

function pointsOf(text: string, options?: Parameters<typeof decodeLines>[1]): (Point | string)[] {
  return [...decodeLines(bytesOf(text), options)].map((line) => (line.ok ? line.point : line.error.code));
}

describe("values", () => {
  const float = (value: number): FieldValue => ({ kind: "float", value });
  const integer = (value: bigint): FieldValue => ({ kind: "integer", value });
  const unsigned = (value: bigint): FieldValue => ({ kind: "unsigned", value });
  const boolean = (value: boolean): FieldValue => ({ kind: "boolean", value });
  const string = (value: string): FieldValue => ({ kind: "string", value });

  it.each<[string, FieldValue]>([
    ["1", float(1)],
    ["-1.5e-3", float(-0.0015)],
    ["1.", float(1)],
    [".5", float(0.5)],
    ["-0", float(-0)],
    ["1E3", float(1000)],
    ["1_000.5", float(1000.5)],
    ["0x1.8p3", float(12)],
    ["1e-400", float(0)],
    ["1i", integer(1n)],
    ["-0i", integer(0n)],
    ["9223372036854775807i", integer(9223372036854775807n)],
    ["-9223372036854775808i", integer(-9223372036854775808n)],
    ["9223372036854775806i", integer(9223372036854775806n)],
    ["0000000000000000000000000042i", integer(42n)],
    ["1000000000i", integer(1000000000n)],
    ["999999999i", integer(999999999n)],
    ["18446744073709551615u", unsigned(18446744073709551615n)],
    ["9223372036854775808u", unsigned(9223372036854775808n)],
    ["0u", unsigned(0n)],
    ["t", boolean(true)],
    ["T", boolean(true)],
    ["true", boolean(true)],
    ["True", boolean(true)],
    ["TRUE", boolean(true)],
    ["f", boolean(false)],
    ["F", boolean(false)],
    ["false", boolean(false)],
    ["False", boolean(false)],
    ["FALSE", boolean(false)],
    ['""', string("")],
    ['"a b,c=d"', string("a b,c=d")],
    ['"say \\"hi\\" \\\\ \\x"', string('say "hi" \\ \\x')],
    ['"a\nb\r\nc\t\0"', string("a\nb\r\nc\t\0")],
    ['"\\n\\r\\t"', string("\\n\\r\\t")],
    ['"\\a\\\\"', string("\\a\\")],
    ['"é\ufeff\u{1f600}\ufffd"', string("é\ufeff\u{1f600}\ufffd")],
    ['"a string longer than the short ones"', string("a string longer than the short ones")],
  ])("%s", (text, value) => {
    expect(pointsOf(`m v=${text} 5`)).toStrictEqual([
      { measurement: "m", tags: [], fields: [["v", value]], timestamp: 5n },
    ]);
  });

  it("resolves white space escapes when asked to", () => {
    expect(pointsOf('m v="a\\nb\\rc\\td\\\\n\\q"', { whitespaceEscapes: true })).toMatchObject([
      { fields: [["v", string("a\nb\rc\td\\n\\q")]] },
    ]);
  });
});

describe("names", () => {
  it("resolve the escapes of their place and keep other backslashes", () => {
    expect(pointsOf("a\\,b\\ c\\=d\\e\\\\f,k\\,\\=\\ \\x=v\\,\\=\\ \\y f\\,\\=\\ \\z=1")).toStrictEqual([
      {
        measurement: "a,b c\\=d\\e\\\\f",
        tags: [["k,= \\x", "v,= \\y"]],
        fields: [["f,= \\z", { kind: "float", value: 1 }]],
        timestamp: undefined,
      },
    ]);
  });

  it("may hold quotes, equals signs and non-ASCII characters", () => {
    expect(pointsOf('m="é",à="ü" 日本="x"')).toMatchObject([
      { measurement: 'm="é"', tags: [["à", '"ü"']], fields: [["日本", { value: "x" }]] },
    ]);
  });

  it("of tags are sorted by their bytes, not by code units", () => {
    const [point] = pointsOf("m,\u{1f600}=1,\uffee=2,b=3,a=4,B=5,ab=6 v=1");
    expect(point).toHaveProperty("tags", [
      ["B", "5"],
      ["a", "4"],
      ["ab", "6"],
      ["b", "3"],
      ["\uffee", "2"],
      ["\u{1f600}", "1"],
    ]);
  });

  it("of fields keep their order, twice the same included", () => {
    expect(pointsOf("m b=1i,a=2i,b=3i")).toHaveProperty("0.fields", [
      ["b", { kind: "integer", value: 1n }],
      ["a", { kind: "integer", value: 2n }],
      ["b", { kind: "integer", value: 3n }],
    ]);
  });
});

describe("lines", () => {
  it("are numbered and given back without their endings", () => {
    const bytes = bytesOf('# c\n\n  m v=1 5\r\nbad\r\n \n#\nm s="a\nb" \nlast v=1\r');
    const seen = [...decodeLines(bytes)].map(({ ok, line, raw: part }) => [
      ok,
      line,
      Buffer.from(part).toString(),
    ]);
    expect(seen).toStrictEqual([
      [true, 3, "  m v=1 5"],
      [false, 4, "bad"],
      [true, 7, 'm s="a\nb" '],
      [true, 9, "last v=1"],
    ]);
  });

  it("give views of the input, not copies", () => {
    const bytes = bytesOf("m v=1");
    expect([...decodeLines(bytes)][0]?.raw.buffer).toBe(bytes.buffer);
  });

  it("may be absent", () => {
    expect([...decodeLines(new Uint8Array(0))]).toStrictEqual([]);
    expect([...decodeLines(bytesOf("\n \r\n#x\n# y"))]).toStrictEqual([]);
  });

  it("are decoded lazily, and two inputs may be read in turns", () => {
    const one = decodeLines(bytesOf('a v="\\"1"\nb v="\\"2"'));
    const two = decodeLines(bytesOf('c v="\\"3"\nd v="\\"4"'));
    const valueOf = (result: IteratorResult<DecodedLine>): unknown =>
      result.done !== true && result.value.ok && result.value.point.fields[0]?.[1].value;
    expect([one, two, one, two].map((lines) => valueOf(lines.next()))).toStrictEqual([
      '"1',
      '"3',
      '"2',
      '"4',
    ]);
    expect(one.next().done).toBe(true);
  });
});

describe("timestamps", () => {
  it.each([
    ["ns", "1", 1n],
    ["us", "1", 1_000n],
    ["ms", "-1", -1_000_000n],
    ["s", "1", 1_000_000_000n],
    ["auto", "0", 0n],
    ["auto", "9223372036", 9_223_372_036_000_000_000n],
    ["auto", "1760000000", 1_760_000_000_000_000_000n],
    ["auto", "-1760000000", -1_760_000_000_000_000_000n],
    ["auto", "-1760000000000", -1_760_000_000_000_000_000n],
    ["auto", "1760000000000", 1_760_000_000_000_000_000n],
    ["auto", "1760000000000000", 1_760_000_000_000_000_000n],
    ["auto", "1760000000000000000", 1_760_000_000_000_000_000n],
    ["auto", "100000000000", 100_000_000_000_000_000n],
    ["auto", "100000000000000", 100_000_000_000_000_000n],
    ["auto", "100000000000000000", 100_000_000_000_000_000n],
    ["ns", "9223372036854775807", 9_223_372_036_854_775_807n],
    ["ns", "-9223372036854775808", -9_223_372_036_854_775_808n],
    ["s", "9223372036", 9_223_372_036_000_000_000n],
  ] as const)("in %s: %s", (precision, text, expected) => {
    const [line] = pointsOf(`m v=1 ${text}`, { precision });
    expect(typeof line === "object" ? line.timestamp : undefined).toBe(expected);
  });

  it.each(["s", "ms", "us"] as const)("in %s beyond int64 nanoseconds are refused", (precision) => {
    expect(pointsOf("m v=1 9223372036854775807", { precision })).toStrictEqual(["timestamp_out_of_range"]);
  });
});

describe("limits", () => {
  it("on bytes refuse the whole input in one error", () => {
    const bytes = bytesOf("m v=1\nm v=2");
    expect([...decodeLines(bytes, { limits: { messageBytes: bytes.length } })]).toHaveLength(2);
    expect([...decodeLines(bytes, { limits: { messageBytes: bytes.length - 1 } })]).toMatchObject([
      { ok: false, line: 1, raw: bytes, error: { code: "message_too_large", line: 1, column: bytes.length } },
    ]);
  });

  it("on lines refuse the rest in one error", () => {
    const lines = [...decodeLines(bytesOf("a v=1\n#\nb v=1\n\nc v=1\nd v=1\n"), { limits: { lines: 2 } })];
    expect(lines).toMatchObject([
      { ok: true },
      { ok: true },
      { ok: false, line: 5, error: { code: "too_many_lines", line: 5, column: 1 } },
    ]);
    expect(Buffer.from(lines[2]?.raw ?? []).toString()).toBe("c v=1\nd v=1\n");
  });

  it("on tags and fields refuse the line at the first one too many", () => {
    const limits = { tags: 2, fields: 2 };
    expect([
      ...decodeLines(bytesOf("m,a=1,b=2 c=1,d=2\nm,a=1,b=2,c=3 v=1\nm a=1,b=2,c=3"), { limits }),
    ]).toMatchObject([
      { ok: true },
      { ok: false, error: { code: "too_many_tags", line: 2, column: 11 } },
      { ok: false, error: { code: "too_many_fields", line: 3, column: 11 } },
    ]);
  });
});
