import { describe, expect, it } from "vitest";
import { lineErrorCodes } from "../codes.js";
import { bytesOf, markedInput, raw } from "../testing/marked-input.js";
import { decodeLines } from "./decode-lines.js";
import type { Point } from "./point.js";

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
  invalid_field_value: [
    "m v=▲x",
    'm v=▲{"a":1}',
    "m v=▲ ",
    "m v=▲,w=1",
    "m v=▲+1",
    "m v=▲NaN",
    "m v=▲'x'",
    "m,a=1,a=2 v=▲x",
    "m v=▲\u0001",
  ],
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
    "m v=▲1xi",
    "m v=▲1:i",
    "m v=▲1/i",
    "m v=▲1x123456789012i",
    "m v=▲123456789012xi",
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
    `m v=▲${"9".repeat(400)}i`,
  ],
  unterminated_string: ['m v=▲"', 'm v=▲"abc', 'm v=▲"a\\"', 'm v=1,w=▲"a\nb\nc', 'm v=▲"a\\', 'm v=▲"\\n'],
  unexpected_character: ['m v="a"▲b', 'm v="a"▲"b"', 'm v="a\nb"▲x 5'],
  invalid_timestamp: [
    "m v=1 ▲x",
    "m v=1 ▲5x",
    "m v=1 ▲-",
    "m v=1 ▲5-5",
    "m v=1 ▲5-5123456789",
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
    `▲${raw(0xff)} v=x`,
    `m,▲${raw(0xff)}=b v=x`,
    `m,a=▲${raw(0xff)} v=x`,
    `m ▲${raw(0xff)}=x`,
    `m v="▲${raw(0xff)}"x`,
    `m,a=▲${raw(0xe0)}${raw(0x9f)}${raw(0xbf)} v=1`,
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
