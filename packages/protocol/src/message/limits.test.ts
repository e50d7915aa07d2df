import { describe, expect, it } from "vitest";
import { defaultLimits } from "../limits.js";
import { decodeAll, decodeOne, eventLine, startPayload, verdict } from "../testing/events.js";

const start = (extra: object): string => eventLine("start_job", { ...startPayload, ...extra });
const many = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe("limits", () => {
  it("on bytes", () => {
    const line = start({});
    expect(verdict(decodeOne(line, { limits: { messageBytes: line.length } }))).toBe("start_job");
    expect(decodeOne(`${line}\n`, { limits: { messageBytes: line.length } })).toMatchObject({
      code: "message_too_large",
      line: 1,
      column: line.length + 1,
      path: undefined,
    });
  });

  it("on lines", () => {
    const outcomes = decodeAll("a v=1\n\nb v=1\nc v=1\nd v=1", { limits: { lines: 2 } });
    expect(outcomes.map((outcome) => [outcome.line, verdict(outcome)])).toStrictEqual([
      [1, "unsupported_measurement"],
      [3, "unsupported_measurement"],
      [4, "too_many_lines"],
    ]);
  });

  it("on tags and fields", () => {
    expect(verdict(decodeOne("m,a=1,b=2 v=1", { limits: { tags: 1 } }))).toBe("too_many_tags");
    expect(verdict(decodeOne("m v=1,w=2", { limits: { fields: 1 } }))).toBe("too_many_fields");
  });

  it.each([
    [4, { resources: [{ hostname: "a", hwthreads: [0] }] }, "start_job"],
    [3, { resources: [{ hostname: "a", hwthreads: [0] }] }, "json_too_deep at resources[0].hwthreads"],
    [2, { metaData: { a: "[[[{{{" } }, "json_too_deep at resources[0]"],
    [1, { resources: [] }, "json_too_deep at resources"],
  ])("on nesting: %d levels", (jsonDepth, extra, expected) => {
    expect(verdict(decodeOne(start(extra), { limits: { jsonDepth } }))).toBe(expected);
  });

  it("on nesting hold before any other reason, and cost no stack", () => {
    const deep = `{"jobId":${"[".repeat(200_000)}${"]".repeat(200_000)}}`;
    expect(verdict(decodeOne(eventLine("start_job", deep)))).toBe("json_too_deep");
    expect(verdict(decodeOne(eventLine("start_job", `{"x":${'{"a":'.repeat(200_000)}`)))).toBe(
      "json_too_deep",
    );
    expect(verdict(decodeOne(eventLine("start_job", '{"metaData":{"a":"[[[[[[[[[[[[[[[[[[[[[[[["}}')))).toBe(
      "missing_key at cluster",
    );
    expect(verdict(decodeOne(eventLine("start_job", '{"x":"\\"[[[[[[[[[[[[[[[[[[[[[[[[\\\\"}')))).toBe(
      "unknown_key at x",
    );
    expect(verdict(decodeOne(eventLine("start_job", `{"x":[${"[],{},".repeat(40)}1]}`)))).toBe(
      "unknown_key at x",
    );
  });

  it.each([
    [
      "hwthreads",
      { resources: [{ hostname: "a", hwthreads: many(5) }] },
      "too_many_items at resources[0].hwthreads[4]",
    ],
    ["hwthreads", { resources: [{ hostname: "a", hwthreads: many(4) }] }, "start_job"],
    [
      "unusual hwthreads",
      { resources: [{ hostname: "a", hwthreads: [-1, -2, -3, -4, -5] }] },
      "too_many_items at resources[0].hwthreads[4]",
    ],
    [
      "resources",
      { numNodes: 5, resources: many(5).map((i) => ({ hostname: `n${i}` })) },
      "too_many_items at resources[4]",
    ],
    ["a map", { metaData: { a: "", b: "", c: "", d: "", e: "" } }, "too_many_items at metaData.e"],
    ["a map", { metaData: { a: "", b: "", c: "", d: "" } }, "start_job"],
  ])("on items of %s", (_, extra, expected) => {
    expect(verdict(decodeOne(start(extra), { limits: { jsonItems: 4 } }))).toBe(expected);
  });

  it.each([
    ["user", { user: "x".repeat(512) }, "start_job"],
    ["user", { user: "x".repeat(513) }, "string_too_long at user"],
    ["user in UTF-8", { user: "é".repeat(256) }, "start_job"],
    ["user in UTF-8", { user: "é".repeat(257) }, "string_too_long at user"],
    ["user with escapes", { user: '"'.repeat(512) }, "start_job"],
    ["cluster", { cluster: "x".repeat(513) }, "string_too_long at cluster"],
    ["subCluster", { subCluster: "x".repeat(513) }, "string_too_long at subCluster"],
    ["partition", { partition: "x".repeat(513) }, "string_too_long at partition"],
    ["project", { project: "x".repeat(513) }, "string_too_long at project"],
    ["hostname", { resources: [{ hostname: "x".repeat(513) }] }, "string_too_long at resources[0].hostname"],
    ["tag type", { tags: [{ type: "x".repeat(513), name: "a" }] }, "string_too_long at tags[0].type"],
    ["tag name", { tags: [{ type: "a", name: "x".repeat(513) }] }, "string_too_long at tags[0].name"],
    [
      "tag scope",
      { tags: [{ type: "a", name: "b", scope: "x".repeat(513) }] },
      "string_too_long at tags[0].scope",
    ],
    ["a job script, which has none", { metaData: { jobScript: "x".repeat(100_000) } }, "start_job"],
  ])("on the length of %s", (_, extra, expected) => {
    expect(verdict(decodeOne(start(extra)))).toBe(expected);
  });

  it("on the length of names in stops and node states", () => {
    const long = "x".repeat(513);
    expect(verdict(decodeOne(eventLine("stop_job", { cluster: long })))).toBe("string_too_long at cluster");
    expect(verdict(decodeOne(eventLine("nodestate", { cluster: long })))).toBe("string_too_long at cluster");
    expect(verdict(decodeOne(eventLine("nodestate", { nodes: [{ hostname: long }] })))).toBe(
      "string_too_long at nodes[0].hostname",
    );
  });

  it("are wide enough for a state message of 9,216 nodes and a 992-node job", () => {
    const nodes = many(9216).map((i) => ({ hostname: `n${i}`, states: ["allocated"], cpusAllocated: 72 }));
    expect(verdict(decodeOne(eventLine("nodestate", { cluster: "c", nodes })))).toBe("nodestate");
    const resources = many(992).map((i) => ({ hostname: `n${i}`, hwthreads: many(72) }));
    expect(verdict(decodeOne(start({ numNodes: 992, resources })))).toBe("start_job");
    expect(defaultLimits.messageBytes).toBe(8 * 1024 * 1024);
  });
});
