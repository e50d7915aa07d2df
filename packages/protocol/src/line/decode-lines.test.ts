import { describe, expect, it } from "vitest";
import { lineErrorCodes } from "../codes.js";
import { bytesOf, markedInput, raw } from "../testing/marked-input.js";
import { type DecodedLine, decodeLines } from "./decode-lines.js";
import type { FieldValue, Point } from "./point.js";

/** `▲` marks where the fault must be reported. */
const faults: Readonly<Record<string, readonly string[]>> = {
  missing_measurement: ["▲,a=b v=1", "▲\tm v=1", "m v=1\n  ▲,x=1 v=1", "▲\rm v=1", "▲\u007f"],
  invalid_comment: ["#a▲\tb", "  # x▲\0\nm v=1", "#a▲\rb"],
  invalid_tag_key: [
    "m,▲ v=1",
    "m,▲=b v=1",
    "m,a▲ v=1",
    "m,a=b,▲\nm v=1",
    "m▲",
    "m▲\n",
    "m,a=b▲\tv=1",
    "m,a▲",
    "m▲\r\n",
  ],
  missing_tag_value: ["m,a=▲ v=1", "m,a=▲,b=c v=1", "m,a=▲", "partition,p=▲\n"],
  duplicate_tag: ["m,a=1,▲a=2 v=1", "m,b=1,a=1,c=1,▲b=2 v=1", "m,a\\ =1,b=1,▲a\\ =1 v=1"],
  invalid_field_key: [
    "m ▲",
    "m ▲=1",
    "m v▲",
    "m v▲ ",
    "m v=1,▲",
    "m v=1,▲ w=2",
    "m a▲,b=1",
    "m,a=b ▲\n",
    "m v=1,w▲\n",
  ],
  missing_field_value: ["m v=▲"],
  invalid_field_value: ["m v=▲x", 'm v=▲{"a":1}', "m v=▲ ", "m v=▲,w=1", "m v=▲+1", "m v=▲NaN", "m v=▲'x'"],
  invalid_number: [
    "m v=▲1x",
    "m v=▲-",
    "m v=▲.",
    "m v=▲1e",
    "m v=▲--1",
    "m v=▲1.5i",
    "m v=▲-1u",
    "m v=▲1_",
    "m v=▲0x1",
    "m v=▲-i",
    "m v=▲1e+",
    "m v=▲0xp1",
    "m v=▲1-2i",
    "m v=▲.e5",
    "m v=▲1__0",
    "m v=▲0x1_p1",
  ],
  invalid_boolean: ["m v=▲tr", "m v=▲tRUE", "m v=▲False1", "m v=▲truei", "m v=▲ft"],
  number_out_of_range: [
    "m v=▲9223372036854775808i",
    "m v=▲-9223372036854775809i",
    "m v=▲18446744073709551616u",
    "m v=▲1e400",
    "m v=▲99999999999999999999999999i",
    "m v=▲-1e309",
    "m v=▲0x1p1024",
    "m v=▲100000000000000000000u",
  ],
  unterminated_string: ['m v=▲"', 'm v=▲"abc', 'm v=▲"a\\"', 'm v=1,w=▲"a\nb\nc', 'm v=▲"a\\', 'm v=▲"\\n'],
  unexpected_character: ['m v="a"▲b', 'm v="a"▲"b"', 'm v="a\nb"▲x 5'],
  invalid_timestamp: [
    "m v=1 ▲x",
    "m v=1 ▲5x",
    "m v=1 ▲-",
    "m v=1 ▲5-5",
    "m v=1 ▲1.5",
    "m v=1 ▲\rx",
    "m v=1 ▲--1\n",
  ],
  timestamp_out_of_range: [
    "m v=1 ▲9223372036854775808",
    "m v=1 ▲-9223372036854775809\n",
    "m v=1 ▲123456789012345678901234",
  ],
  text_after_timestamp: ["m v=1 5 ▲6", "m v=1 5 ▲x\n", "m v=1 5 ▲\rx"],
  invalid_utf8: [
    `▲${raw(0xff)} v=1`,
    `m▲${raw(0xc3)} v=1`,
    `m,a${raw(0xc3)}${raw(0xa9)}▲${raw(0xed)}${raw(0xa0)}${raw(0x80)}=b v=1`,
    `m,a=▲${raw(0xc0)}${raw(0x80)} v=1`,
    `m ▲${raw(0x80)}=1`,
    `m v="a\n▲${raw(0xf4)}${raw(0x90)}${raw(0x80)}${raw(0x80)}"`,
    `m v="\\"▲${raw(0xe2)}${raw(0x82)}"`,
  ],
};

describe("a fault has its code and its place", () => {
  const cases = Object.entries(faults).flatMap(([code, inputs]) =>
    inputs.map((input) => [code, input] as const),
  );

  it.each(cases)("%s: %j", (code, input) => {
    const { bytes, line, column } = markedInput(input);
    const faulty = [...decodeLines(bytes)].filter((entry) => !entry.ok);
    expect(faulty).toHaveLength(1);
    expect(faulty[0]).toMatchObject({ error: { code, line, column } });
    expect(faulty[0]).toHaveProperty("error.message", expect.stringMatching(/\w{3}/));
  });

  it("is shown here for every code but those of limits", () => {
    const limits = ["message_too_large", "too_many_lines", "too_many_tags", "too_many_fields"];
    expect([...Object.keys(faults), ...limits].toSorted()).toStrictEqual([...lineErrorCodes].toSorted());
  });
});

function pointsOf(text: string, options?: Parameters<typeof decodeLines>[1]): (Point | string)[] {
  return [...decodeLines(bytesOf(text), options)].map((line) => (line.ok ? line.point : line.error.code));
}

describe("after a fault decoding goes on at the next line", () => {
  it.each([
    ["m v=x\nm v=1", ["invalid_field_value", "m"]],
    ["bad\n\n# c\nm v=1\nbad", ["invalid_tag_key", "m", "invalid_tag_key"]],
    ['a v="x\ny"z\nm v=1', ["unexpected_character", "m"]],
    ["m v=1 5x\r\nm v=1", ["invalid_timestamp", "m"]],
    ['m,a=1,a=2 s="x\ny"\nm v=1', ["duplicate_tag", "m"]],
    ['m v="open\nm v=1', ["unterminated_string"]],
    ["#\t\nm v=1", ["invalid_comment", "m"]],
    ["m v=1 9223372036854775808\nm v=1", ["timestamp_out_of_range", "m"]],
  ])("%j", (text, expected) => {
    const seen = pointsOf(text).map((point) => (typeof point === "string" ? point : point.measurement));
    expect(seen).toStrictEqual(expected);
  });
});

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
