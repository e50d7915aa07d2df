import { describe, expect, it } from "vitest";
import { stopJobKeys } from "../payload/stop-job.js";
import { decodeOne, eventLine, recently, verdict } from "../testing/events.js";
import { foldCase, keyTable } from "./key-table.js";

describe("a table of keys", () => {
  it("expects them in the order they are named, until it has seen another", () => {
    expect([...keyTable("a", "b", "c").followers]).toStrictEqual([0, 1, 2, 2]);
    const [jobId, cluster, , , stopTime] = [0, 1, 2, 3, 4];
    const line = eventLine("stop_job", { stopTime: recently, jobId: 1, cluster: "c" });
    expect(verdict(decodeOne(line))).toBe("stop_job");
    const { followers } = stopJobKeys;
    expect([followers[0], followers[stopTime + 1], followers[jobId + 1]]).toStrictEqual([
      stopTime,
      jobId,
      cluster,
    ]);
  });

  it("finds them in any case, the long s and the Kelvin sign included", () => {
    const keys = keyTable("smtKey", "other");
    expect(
      ["smtKey", "SMTKEY", "\u017fmt\u212aey", "other"].map((key) => keys.byFoldedName.get(foldCase(key))),
    ).toStrictEqual([0, 0, 0, 1]);
    expect(keys.byFoldedName.get(foldCase("smt"))).toBeUndefined();
  });
});
