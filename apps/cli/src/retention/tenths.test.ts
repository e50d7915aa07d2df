import { expect, test } from "vitest";
import { tenths } from "./tenths.js";

test("tells each tenth once, of each day anew, and leaves the end to the result", () => {
  const told: string[] = [];
  const tell = tenths((day, percent) => told.push(`${day} ${percent}`));
  for (const part of [0.05, 0.11, 0.19, 0.55, 1]) tell("a", part);
  for (const part of [0.1, 1]) tell("b", part);
  expect(told).toEqual(["a 10", "a 50", "b 10"]);
});
