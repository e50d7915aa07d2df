import { expect, it } from "vitest";
import { parseExactly, toJson } from "./exact-json.js";

it("keeps every digit of every number, in both directions", () => {
  const text = '{"id":9223372036854775807,"list":[1.50,1e400,-0],"__proto__":{"a":1}}';
  expect(toJson(parseExactly(text))).toBe(text);
  expect(toJson({ id: 2n ** 63n - 1n }, 1)).toBe('{\n "id": 9223372036854775807\n}');
});

it("says that something is not JSON", () => {
  expect(parseExactly('{"a":')).toBeUndefined();
});
