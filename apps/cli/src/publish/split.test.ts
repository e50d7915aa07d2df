import { describe, expect, it } from "vitest";
import { nodesLine, startLine, stopLine } from "../testing/lines.js";
import { findFaults, splitLines } from "./split.js";

const now = 1_760_100_000_000_000_000n;
const bytes = (...lines: readonly string[]) => Buffer.from(lines.join("\n"));
const split = (input: Uint8Array) =>
  splitLines(input).map((entry) => [entry.line, entry.kind, Buffer.from(entry.bytes).toString()]);

describe("splitLines", () => {
  it("gives each entry with its line and kind, without comments, blank lines and line endings", () => {
    const input = bytes("# a comment", startLine(1), "", `${stopLine(1)}\r`, nodesLine("f0101"), "");
    expect(split(input)).toEqual([
      [2, "job", startLine(1)],
      [4, "job", stopLine(1)],
      [5, "nodestate", nodesLine("f0101")],
    ]);
  });

  it("keeps an entry whose string spans lines in one piece", () => {
    const entry = 'job,function=start_job event="{\n}"';
    expect(split(bytes(entry, stopLine(2)))).toEqual([
      [1, "job", entry],
      [3, "job", stopLine(2)],
    ]);
  });

  it("gives what is no line protocol too, with what it seems to be", () => {
    const lines = ["job,function= event=1", "nodestate,", "temperature value=21.5", "=="];
    expect(split(bytes(...lines)).map(([, kind]) => kind)).toEqual(["job", "nodestate", "other", "other"]);
  });

  it("is not bound by the size of a message", () => {
    const lines = Array.from({ length: 12_000 }, (_, index) => startLine(index + 1));
    expect(splitLines(bytes(...lines))).toHaveLength(12_000);
    expect(findFaults(bytes(...lines), "ns", now)).toEqual([]);
  });
});

describe("findFaults", () => {
  it("tells place and code of every line that a service would refuse", () => {
    const input = bytes(startLine(1), "job,function=stop_job,partition= event=1", "temperature value=21.5");
    expect(findFaults(input, "ns", now)).toMatchObject([
      { line: 2, column: 33, code: "missing_tag_value" },
      { line: 3, code: "unsupported_measurement" },
    ]);
  });
});
