import { describe, expect, it } from "vitest";
import { decodeOne, eventLine, recently, stopPayload, verdict } from "../testing/events.js";
import { isFinalState, jobStates } from "./states.js";

function stop(payload: unknown): string {
  return verdict(decodeOne(eventLine("stop_job", payload)));
}

describe("a stop_job", () => {
  it("needs an id and a time only", () => {
    expect(decodeOne(eventLine("stop_job", { jobId: 5, stopTime: recently }))).toHaveProperty("stop", {
      jobId: 5n,
      cluster: undefined,
      startTime: undefined,
      stopTime: recently,
      jobState: "completed",
    });
  });

  it("may say everything", () => {
    const sent = { ...stopPayload, startTime: recently - 10, jobState: "timeout" };
    expect(decodeOne(eventLine("stop_job", sent))).toHaveProperty("stop", { ...sent, jobId: 1403244n });
  });

  it.each<[object, string]>([
    [{ state: "failed" }, "failed"],
    [{ state: "failed", jobState: null }, "failed"],
    [{ state: "failed", jobState: "" }, "failed"],
    [{ state: "failed", jobState: "timeout" }, "timeout"],
    [{ state: "" }, "completed"],
    [{ jobState: "" }, "completed"],
    [{ jobState: null, startTime: null, cluster: null }, "completed"],
    [{ STATE: "preempted" }, "preempted"],
    ...jobStates.map((state): [object, string] => [{ jobState: state }, state]),
  ])("has a state, under either key: %j is %s", (extra, jobState) => {
    expect(decodeOne(eventLine("stop_job", { jobId: 5, stopTime: recently, ...extra }))).toHaveProperty(
      "stop.jobState",
      jobState,
    );
  });

  it("ends a job in one of nine states", () => {
    expect(jobStates.filter((state) => !isFinalState(state))).toStrictEqual([
      "pending",
      "running",
      "suspended",
    ]);
  });

  it.each<[unknown, string]>([
    [{ ...stopPayload, jobId: 0 }, "missing_key at jobId"],
    [{ stopTime: recently }, "missing_key at jobId"],
    [{ ...stopPayload, jobId: -1 }, "out_of_range at jobId"],
    [{ jobId: 5 }, "missing_key at stopTime"],
    [{ ...stopPayload, stopTime: 0 }, "missing_key at stopTime"],
    [{ ...stopPayload, stopTime: 5 }, "absurd_time at stopTime"],
    [{ ...stopPayload, stopTime: recently * 1000 }, "looks_like_milliseconds at stopTime"],
    [{ ...stopPayload, stopTime: 1760086401 }, "absurd_time at stopTime"],
    [{ ...stopPayload, startTime: 5 }, "absurd_time at startTime"],
    [{ ...stopPayload, startTime: recently * 1000 }, "looks_like_milliseconds at startTime"],
    [{ ...stopPayload, startTime: recently }, "stop_job"],
    [{ ...stopPayload, startTime: recently + 1 }, "stop_before_start at stopTime"],
    [{ ...stopPayload, startTime: 0 }, "stop_job"],
    [{ ...stopPayload, jobState: "done" }, "invalid_state at jobState"],
    [{ ...stopPayload, jobState: "COMPLETED" }, "invalid_state at jobState"],
    [{ ...stopPayload, jobState: undefined, state: "done" }, "invalid_state at state"],
    [{ ...stopPayload, state: "done" }, "invalid_state at state"],
    [{ ...stopPayload, jobState: 5 }, "wrong_type at jobState"],
    [{ ...stopPayload, jobState: "x".repeat(513) }, "string_too_long at jobState"],
    [{ ...stopPayload, state: "x".repeat(513) }, "string_too_long at state"],
    [{ ...stopPayload, user: "x" }, "unknown_key at user"],
    ["null", "missing_key at jobId"],
    ["[]", "wrong_type"],
  ])("is refused with the path: %j: %s", (payload, expected) => {
    expect(stop(payload)).toBe(expected);
  });

  it("is refused for the first reason", () => {
    expect(stop({ jobState: "x" })).toBe("missing_key at jobId");
    expect(stop({ jobId: 5, jobState: "x" })).toBe("missing_key at stopTime");
    expect(stop({ jobId: 5, stopTime: 5, startTime: 6, jobState: "x" })).toBe("invalid_state at jobState");
    expect(stop({ jobId: 5, stopTime: 5, startTime: 6 })).toBe("absurd_time at startTime");
  });

  it("names the states there are", () => {
    expect(decodeOne(eventLine("stop_job", { ...stopPayload, jobState: "done" }))).toHaveProperty(
      "message",
      expect.stringMatching(/^jobState: "done" is not one of boot_fail, cancelled, .* timeout$/),
    );
  });
});
