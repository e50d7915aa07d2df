import type { RunChange } from "@cc-ingest/database";
import { describe, expect, test } from "vitest";
import { lifecycleMessage } from "./lifecycle.js";

const run = { jobId: 9_007_199_254_740_993n, cluster: "fritz", startTime: 1_760_000_000 };
const started: RunChange = { ...run, what: "started", close: undefined };
const superseded: RunChange = {
  ...run,
  what: "stopped",
  close: { source: "superseded", stopTime: 1_760_000_060, jobState: "preempted" },
};
const stop = { jobId: run.jobId, cluster: undefined, startTime: undefined };
const stopped: RunChange = {
  ...run,
  what: "stopped",
  close: { source: "event", stop: { ...stop, stopTime: 1_760_003_600, jobState: "completed" } },
};
const text = (change: RunChange) => lifecycleMessage("cc.lifecycle.job", change).text;
const idOf = (change: RunChange) => lifecycleMessage("cc.lifecycle.job", change).id;

test("a start names its run, the jobId exactly", () => {
  expect(lifecycleMessage("cc.lifecycle.job", started).subject).toBe("cc.lifecycle.job.fritz.started");
  expect(text(started)).toBe(
    '{"event":"started","jobId":9007199254740993,"cluster":"fritz","startTime":1760000000}',
  );
});

test("a stop says when, how and by whom the run ended", () => {
  expect(lifecycleMessage("cc.lifecycle.job", stopped).subject).toBe("cc.lifecycle.job.fritz.stopped");
  expect(JSON.parse(text(stopped))).toMatchObject({
    event: "stopped",
    stopTime: 1_760_003_600,
    duration: 3_600,
    jobState: "completed",
    stopSource: "event",
  });
});

test("the id is the same for the same change, and another for another", () => {
  const others = [started, superseded, stopped, { ...started, what: "reopened" } as RunChange];
  expect(new Set(others.map(idOf)).size).toBe(others.length);
  expect(idOf({ ...stopped })).toBe(idOf(stopped));
  expect(idOf({ ...started, cluster: "alex" })).not.toBe(idOf(started));
});

describe("a cluster's name becomes one token of the subject, whatever it is", () => {
  test.each([
    ["fritz-2_a", "fritz-2_a"],
    ["a.b", "a%2Eb"],
    ["a *>", "a%20%2A%3E"],
    ["ä", "%C3%A4"],
    ["\u{1f600}", "%F0%9F%98%80"],
    ["50%", "50%25"],
  ])("%s", (cluster, token) => {
    expect(lifecycleMessage("p", { ...started, cluster }).subject).toBe(`p.${token}.started`);
  });
});
