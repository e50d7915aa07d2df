import { expect, it } from "vitest";
import { showFault } from "./show-fault.js";

const fault = { line: 2, column: 1, code: "json_syntax", message: "it is wrong" };

function shown(line: string, column: number): string[] {
  return showFault("events.lp", Buffer.from(`first\n${line}\nlast`), { ...fault, column }).split("\n");
}

it("puts the caret under the column", () => {
  expect(shown("job,x= event=1", 7)).toEqual([
    "events.lp:2:7: it is wrong (json_syntax)",
    "  job,x= event=1",
    "        ^",
  ]);
});

it("shows what stands around the column of a long line", () => {
  const [, text = "", caret = ""] = shown(`${"a".repeat(3000)}!${"b".repeat(3000)}`, 3001);
  expect(text.length).toBeLessThan(100);
  expect(text).toMatch(/^ {2}…a+!b+…$/);
  expect(caret.indexOf("^")).toBe(text.indexOf("!"));
});

it("counts in bytes and points at characters", () => {
  const [, text = "", caret = ""] = shown("ä\tß!", 6);
  expect(text).toBe("  ä·ß!");
  expect(caret.indexOf("^")).toBe(text.indexOf("!"));
});

it("can point behind the end of a line", () => {
  expect(shown("abc", 4).at(-1)).toBe("     ^");
});
