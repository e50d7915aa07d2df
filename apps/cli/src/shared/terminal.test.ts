import { expect, it } from "vitest";
import { count, span, table } from "./terminal.js";

it("aligns texts at the left and numbers at the right, and looks through styles", () => {
  const rows = [
    ["jobs", "12", "running 3"],
    ["\u001B[1mnode states\u001B[22m", "~1,234,567", ""],
    ["letters", "\u001B[33m7\u001B[39m", "json_syntax 7"],
  ];
  expect(table(rows)).toBe(
    [
      "jobs                 12  running 3",
      "\u001B[1mnode states\u001B[22m  ~1,234,567",
      "letters               \u001B[33m7\u001B[39m  json_syntax 7",
    ].join("\n"),
  );
});

it("groups digits", () => {
  expect([count(0), count(1_234_567), count(12n ** 9n)]).toEqual(["0", "1,234,567", "5,159,780,352"]);
});

it("says a span of time in whole units", () => {
  const spans = [0, 0.0129, 1, 119.9, 120, 7_199, 7_200].map(span);
  expect(spans).toEqual(["0 ms", "12 ms", "1 s", "119 s", "2 min", "119 min", "2 h"]);
});
