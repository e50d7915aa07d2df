import type { ReplicaStatus, StreamStatus } from "@cc-ingest/service";
import { expect, it } from "vitest";
import { samplesOf } from "./samples.js";
import type { Look } from "./watch.js";

const status = (lastSequence: number): StreamStatus => ({
  subject: "cc.job.event",
  stream: "CC_JOB",
  messages: 1,
  bytes: 1,
  lastSequence,
  durable: "ingest-jobs",
  pending: 3,
  ackPending: 4,
  redelivered: 0,
  delivered: 1,
  ackFloor: 1,
});
const replica = (messagesPerSecond: number, p95: number | null): ReplicaStatus => ({
  name: "ingest-jobs",
  id: "x",
  version: "1.0.0",
  instance: "host:1",
  stream: "CC_JOB",
  durable: "ingest-jobs",
  messages: 1,
  messagesPerSecond,
  lag: 1,
  batchesInFlight: 0,
  secondsSinceCommit: 1,
  commitSeconds: p95 === null ? null : { p50: 0.1, p95 },
  problems: [],
});
const look = (at: number, last: StreamStatus, replicas: ReplicaStatus[] = []): Look => ({
  at,
  problem: undefined,
  streams: [{ service: "ingest-jobs", status: last, oldestSeconds: 5 }],
  replicas,
});

it("rates are measured from the look before, replicas are summed up, and the slowest tells the latency", () => {
  const looks = [
    look(1_000, status(10)),
    look(3_000, status(30), [replica(2, 0.5), replica(3, 2), replica(1, null)]),
  ];
  const [first, second] = samplesOf(looks).map(({ services }) => services["ingest-jobs"]);
  expect(first).toEqual({
    lag: 7,
    oldestSeconds: 5,
    storedPerSecond: null,
    committedPerSecond: null,
    p50: null,
    p95: null,
  });
  expect(second).toEqual({
    lag: 7,
    oldestSeconds: 5,
    storedPerSecond: 10,
    committedPerSecond: 6,
    p50: 0.1,
    p95: 2,
  });
});

it("what is not known is left open, and a stream made anew has no negative rate", () => {
  const gone = look(3_000, { subject: "cc.job.event", problem: "there is no stream" });
  expect(samplesOf([look(1_000, status(10)), gone])[1]?.services["ingest-jobs"]).toMatchObject({ lag: null });
  expect(samplesOf([gone, look(5_000, status(10))])[1]?.services["ingest-jobs"]?.storedPerSecond).toBeNull();
  expect(
    samplesOf([look(1_000, status(10)), look(3_000, status(2))])[1]?.services["ingest-jobs"]?.storedPerSecond,
  ).toBe(0);
});
