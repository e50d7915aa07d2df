import { expect, it } from "vitest";
import { boundedCache } from "./bounded-cache.js";

it("asks once for each key, and forgets the oldest above its limit", () => {
  const asked: string[] = [];
  const cached = boundedCache((key) => {
    asked.push(key);
    return key === "none" ? undefined : key.toUpperCase();
  }, 2);
  expect(["a", "none", "a", "none"].map(cached)).toEqual(["A", undefined, "A", undefined]);
  expect(asked).toEqual(["a", "none"]);
  expect(["b", "none", "b"].map(cached)).toEqual(["B", undefined, "B"]);
  expect(asked).toEqual(["a", "none", "b"]);
  expect(cached("a")).toBe("A");
  expect(asked).toEqual(["a", "none", "b", "a"]);
});
