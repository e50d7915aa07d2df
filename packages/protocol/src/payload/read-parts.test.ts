import { describe, expect, it } from "vitest";
import { decodeOne, eventLine, startPayload } from "../testing/events.js";

function decodeStart(extra: object): unknown {
  return decodeOne(eventLine("start_job", { ...startPayload, ...extra }));
}

describe("the parts of a start_job", () => {
  it("leave out the entries of a map that are null", () => {
    const sent = { metaData: { a: null, b: "x" }, footprint: { a: null }, statistics: { a: null } };
    expect(decodeStart(sent)).toHaveProperty("job.metaData", { b: "x" });
    expect(decodeStart(sent)).toHaveProperty("job.footprint", {});
    expect(decodeStart(sent)).toHaveProperty("job.statistics", {});
  });

  it.each([
    [{}, { base: "", prefix: "" }],
    [{ unit: null }, { base: "", prefix: "" }],
    [{ unit: { base: "B" } }, { base: "B", prefix: "" }],
    [{ unit: { prefix: "G" } }, { base: "", prefix: "G" }],
  ])("have defaults in a statistic %j", (statistic, unit) => {
    expect(decodeStart({ statistics: { a: statistic } })).toHaveProperty("job.statistics", {
      a: { unit, avg: 0, min: 0, max: 0 },
    });
  });

  it("have defaults in concurrent jobs", () => {
    expect(decodeStart({ concurrentJobs: {} })).toHaveProperty("job.concurrentJobs", { items: [], count: 0 });
    expect(decodeStart({ concurrentJobs: { items: [{}, { id: 1 }, { jobId: 2 }] } })).toHaveProperty(
      "job.concurrentJobs.items",
      [
        { id: 0n, jobId: 0n },
        { id: 1n, jobId: 0n },
        { id: 0n, jobId: 2n },
      ],
    );
  });

  it("have the scope global in a tag without one", () => {
    expect(decodeStart({ tags: [{ type: "a", name: "b", scope: "" }] })).toHaveProperty("job.tags", [
      { type: "a", name: "b", scope: "global" },
    ]);
  });
});
