import { describe, expect, it } from "vitest";
import { isDigit, takePlainIntegers } from "./plain-integers.js";

describe("plain integers", () => {
  it.each<[string, number[], string]>([
    ["1,2,3", [1, 2], "3"],
    ["0,9,10,05", [0, 9, 10], "05"],
    ["12,345,6]", [12, 345], "6]"],
    ["123456789,1", [123456789], "1"],
    ["1234567890,1", [], "1234567890,1"],
    ["00,1", [], "00,1"],
    ["1,01,2", [1], "01,2"],
    ["1, 2", [], "1, 2"],
    ["1 ,2", [], "1 ,2"],
    ["1,-2,3", [], "1,-2,3"],
    ["1,2,]", [1], "2,]"],
    ["1,2.5,3", [1], "2.5,3"],
    ["1,2e1,3", [1], "2e1,3"],
    ["1,2/3", [1], "2/3"],
    ["1,2:3", [1], "2:3"],
    [",1", [], ",1"],
    ["", [], ""],
    ["x", [], "x"],
    ["7", [], "7"],
  ])("%s", (text, expected, rest) => {
    const bytes = new TextEncoder().encode(`[${text}`);
    const items: number[] = [];
    const end = takePlainIntegers(bytes, 1, items, 100);
    expect(items).toStrictEqual(expected);
    expect(Buffer.from(bytes.subarray(end)).toString()).toBe(rest);
  });

  it("are not taken beyond the most that may be", () => {
    const bytes = new TextEncoder().encode("1,2,3,4,5");
    const items = [0];
    expect(takePlainIntegers(bytes, 0, items, 3)).toBe(4);
    expect(items).toStrictEqual([0, 1, 2]);
    expect(takePlainIntegers(bytes, 4, items, 3)).toBe(4);
    expect(items).toStrictEqual([0, 1, 2]);
  });
});

it("digits are 0 to 9", () => {
  const digits = Array.from({ length: 256 }, (_, byte) => byte).filter(isDigit);
  expect(String.fromCharCode(...digits)).toBe("0123456789");
});
