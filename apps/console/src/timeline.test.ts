import type { JobDetail } from "@cc-ingest/database";
import { expect, it } from "vitest";
import { timeline } from "./timeline.js";

const T = 1_760_000_000;

const job = (overrides: Partial<JobDetail>): JobDetail => ({
  id: 1n,
  jobId: 7n,
  cluster: "fritz",
  subcluster: "main",
  user: "anna",
  project: "p",
  partition: "singlenode",
  state: "running",
  startTime: T,
  stopTime: null,
  stopSource: null,
  walltime: 0,
  numNodes: 1,
  name: null,
  submitTime: null,
  eventTime: 0n,
  arrayJobId: 0n,
  numHwthreads: 72,
  numAcc: 0,
  smt: 1,
  shared: "none",
  requestedMemory: 0n,
  hostnames: ["f0101"],
  tags: [],
  metaData: {},
  ...overrides,
});
const told = (overrides: Partial<JobDetail>) =>
  timeline(job(overrides), T + 100).map(({ at, kind, text }) => [at - T, kind, text]);

it("goes from submission to the end of the walltime of a run that goes on", () => {
  expect(told({ submitTime: T - 60, walltime: 3_600 })).toEqual([
    [-60, "submitted", "submitted"],
    [0, "started", "started after waiting 1 min"],
    [100, "now", "still running, for 1 min 40 s"],
    [3_600, "limit", "its walltime ends"],
  ]);
});

it("knows the submission from what cc-slurm-adapter tells, and does without", () => {
  expect(told({ metaData: { submitTime: String(T - 5) } })[0]).toEqual([-5, "submitted", "submitted"]);
  expect(told({ metaData: { submitTime: "yesterday" } })[0]).toEqual([0, "started", "started"]);
  expect(told({ submitTime: T + 1 })[0]).toEqual([0, "started", "started"]);
});

it.each([
  ["event", "completed", "completed after 50 s, by its stop event"],
  ["superseded", "preempted", "preempted after 50 s, because a later run of the same number began"],
  ["walltime", "timeout", "timeout after 50 s, at its walltime; its stop has not come"],
] as const)("ends by %s", (stopSource, state, text) => {
  const moments = told({ stopTime: T + 50, stopSource, state, walltime: 50 });
  expect(moments.at(-1)).toEqual([50, "ended", expect.stringContaining(text)]);
  expect(moments.map(([, kind]) => kind)).not.toContain("limit");
});

it("says that a walltime has passed", () => {
  expect(told({ walltime: 10 }).at(-2)).toEqual([10, "limit", "its walltime has passed"]);
});
