import type { RunChange } from "@cc-ingest/database";
import { describe, expect, test } from "vitest";
import { lifecycleMessages } from "./lifecycle.js";

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
const reopened: RunChange = { ...started, what: "reopened" };
const messages = (...changes: readonly RunChange[]) => lifecycleMessages("cc.lifecycle.job", changes);

interface Told {
  readonly event: string;
  readonly cluster: string;
  readonly runs: readonly { readonly jobId: number; readonly stopTime?: number }[];
}
const told = (...changes: readonly RunChange[]) =>
  messages(...changes).map(({ text }) => JSON.parse(text) as Told);

test("a start names its run, the jobId exactly", () => {
  expect(messages(started)).toMatchObject([
    {
      subject: "cc.lifecycle.job.fritz.started",
      text: '{"event":"started","cluster":"fritz","runs":[{"jobId":9007199254740993,"startTime":1760000000}]}',
    },
  ]);
});

test("a stop says when, how and by whom the run ended", () => {
  expect(messages(stopped)[0]?.subject).toBe("cc.lifecycle.job.fritz.stopped");
  expect(told(stopped)).toMatchObject([
    {
      event: "stopped",
      runs: [{ stopTime: 1_760_003_600, duration: 3_600, jobState: "completed", stopSource: "event" }],
    },
  ]);
});

test("what is of one cluster and one kind shares a message", () => {
  const other = { ...started, jobId: 2n };
  const elsewhere = { ...started, cluster: "alex" };
  expect(told(started, stopped, other, elsewhere)).toMatchObject([
    { event: "started", cluster: "fritz", runs: [{}, { jobId: 2 }] },
    { event: "stopped", runs: [{}] },
    { event: "started", cluster: "alex", runs: [{}] },
  ]);
});

test("a message does not grow without bounds", () => {
  const many = Array.from({ length: 250 }, (_, i) => ({ ...started, jobId: BigInt(i + 1) }));
  expect(told(...many).map(({ runs }) => runs.length)).toEqual([100, 100, 50]);
});

test.each([
  ["started, stopped, running after all", [started, superseded, reopened], ["started", "stopped", "started"]],
  ["ended in two ways", [started, superseded, stopped], ["started", "stopped"]],
  ["another's stop first", [{ ...stopped, jobId: 2n }, started, stopped], ["stopped", "started", "stopped"]],
])("the changes of one run keep their order: %s", (_, changes, events) => {
  expect(told(...changes).map(({ event }) => event)).toEqual(events);
});

test("of two ends of one run the later comes last", () => {
  const ends = told(superseded, stopped).flatMap(({ runs }) => runs);
  expect(ends.map(({ stopTime }) => stopTime)).toEqual([1_760_000_060, 1_760_003_600]);
});

test("the id is the same for the same news, and another for other", () => {
  const idOf = (change: RunChange) => messages(change)[0]?.id;
  const others = [started, superseded, stopped, { ...started, cluster: "alex" }];
  expect(new Set(others.map(idOf)).size).toBe(others.length);
  expect(idOf({ ...stopped })).toBe(idOf(stopped));
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
    expect(lifecycleMessages("p", [{ ...started, cluster }])[0]?.subject).toBe(`p.${token}.started`);
  });
});
