import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareUtf8, findInvalidUtf8 } from "./utf8.js";
import { numRuns } from "../testing/runs.js";

const bytes = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        [0x61],
        [0xc3, 0xa9],
        [0xe2, 0x82, 0xac],
        [0xf0, 0x9f, 0x98, 0x80],
        [0xed, 0x9f, 0xbf],
        [0xee, 0x80, 0x80],
        [0xf4, 0x8f, 0xbf, 0xbf],
        [0xe0, 0xa0, 0x80],
        [0xf0, 0x90, 0x80, 0x80],
      ),
      fc.constantFrom(
        [0x80],
        [0xbf],
        [0xc0, 0x80],
        [0xc1, 0xbf],
        [0xe0, 0x9f, 0xbf],
        [0xed, 0xa0, 0x80],
        [0xf0, 0x8f, 0xbf, 0xbf],
        [0xf4, 0x90, 0x80, 0x80],
        [0xf5, 0x80, 0x80, 0x80],
        [0xff],
        [0xc3],
        [0xe2, 0x82],
        [0xf0, 0x9f, 0x98],
        [0xc3, 0x28],
        [0xe2, 0x28, 0xa1],
        [0xf0, 0x9f, 0x28, 0x80],
        [0xe2, 0x82, 0xc0],
        [0xf0, 0x9f, 0x98, 0x7f],
      ),
    ),
    { maxLength: 6 },
  )
  .map((parts) => Uint8Array.from(parts.flat()));

describe("invalid UTF-8", () => {
  it("is found where the platform's decoder finds it, at its first byte", () => {
    fc.assert(
      fc.property(bytes, (input) => {
        const at = findInvalidUtf8(input, 0, input.length);
        expect(at >= 0).toBe(!isUtf8(input));
        expect(isUtf8(input.subarray(0, Math.max(at, 0)))).toBe(true);
        // Whatever follows, the sequence that begins there is no character.
        const lengths = [1, 2, 3, 4].filter((length) => at + length <= input.length);
        expect(at >= 0 && lengths.some((length) => isUtf8(input.subarray(at, at + length)))).toBe(false);
      }),
      { numRuns: 2 * numRuns },
    );
  });

  it.each([
    ["the shortest and longest of each length", [0x7f, 0xc2, 0x80, 0xdf, 0xbf, 0xe0, 0xa0, 0x80], -1],
    ["the last of three bytes, the first of four", [0xef, 0xbf, 0xbf, 0xf0, 0x90, 0x80, 0x80], -1],
    [
      "around the surrogates, and the last of all",
      [0xed, 0x9f, 0xbf, 0xee, 0x80, 0x80, 0xf4, 0x8f, 0xbf, 0xbf],
      -1,
    ],
    ["a continuation", [0x61, 0x80], 1],
    ["two bytes, overlong", [0x61, 0xc1, 0xbf], 1],
    ["three bytes, overlong", [0x61, 0xe0, 0x9f, 0xbf], 1],
    ["four bytes, overlong", [0x61, 0xf0, 0x8f, 0xbf, 0xbf], 1],
    ["the first surrogate", [0x61, 0xed, 0xa0, 0x80], 1],
    ["above U+10FFFF", [0x61, 0xf4, 0x90, 0x80, 0x80], 1],
    ["a lead of nothing", [0x61, 0xf5, 0x80, 0x80, 0x80], 1],
    ["cut off", [0xc3, 0xa9, 0xe2, 0x82], 2],
    ["a second byte that is none", [0xc3, 0xc0], 0],
    ["a third byte that is none", [0xe2, 0x82, 0x41], 0],
    ["a fourth byte that is none", [0xf0, 0x9f, 0x98, 0xc0], 0],
  ])("%s", (_, input, at) => {
    expect(findInvalidUtf8(Uint8Array.from(input), 0, input.length)).toBe(at);
  });

  it("is looked for between two offsets only", () => {
    const input = Uint8Array.of(0xff, 0x61, 0xc3, 0xa9);
    expect(findInvalidUtf8(input, 0, 4)).toBe(0);
    expect(findInvalidUtf8(input, 1, 4)).toBe(-1);
    expect(findInvalidUtf8(input, 1, 3)).toBe(2);
  });
});

function isUtf8(input: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(input);
    return true;
  } catch {
    return false;
  }
}

describe("the order of strings", () => {
  it.each([
    ["a", "b"],
    ["a", "ab"],
    ["\ud7ff", "\u{10000}"],
    ["\ue000", "\u{10000}"],
    ["\uffff", "\u{10000}"],
    ["\u{10fffe}", "\u{10ffff}"],
    ["\u{10000}", "\u{10ffff}"],
  ])("puts %j before %j", (first, second) => {
    expect(Math.sign(compareUtf8(first, second))).toBe(-1);
    expect(Math.sign(compareUtf8(second, first))).toBe(1);
    expect(compareUtf8(second, second)).toBe(0);
  });

  it("is that of their UTF-8 bytes", () => {
    const char = fc.constantFrom("a", "b", "é", "\ud7ff", "\ue000", "\uffff", "\u{10000}", "\u{10ffff}", "");
    const text = fc.array(char, { maxLength: 4 }).map((chars) => chars.join(""));
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
      { numRuns },
    );
  });
});
