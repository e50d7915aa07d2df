import { expect, it } from "vitest";
import { oneLine } from "../up/live-summary.js";
import { showStatus } from "./show-status.js";
import { type Status, problemsOf } from "./status.js";

const well: Status = {
  broker: {
    address: "nats://127.0.0.1:4222",
    version: "2.12.6",
    streams: [
      {
        subject: "cc.job.event",
        stream: "CC_JOB",
        messages: 1200,
        bytes: 4_500_000,
        lastSequence: 1234,
        durable: "ingest-jobs",
        pending: 10,
        ackPending: 2,
        redelivered: 1,
        delivered: 7,
        ackFloor: 6,
      },
    ],
    replicas: {
      found: [
        {
          name: "ingest-jobs",
          id: "A",
          version: "0.1.0",
          instance: "host:17",
          stream: "CC_JOB",
          durable: "ingest-jobs",
          messages: 1190,
          messagesPerSecond: 118.96,
          lag: 12,
          batchesInFlight: 1,
          commitSeconds: { p50: 0.012, p95: 0.2 },
          secondsSinceCommit: 3.4,
          problems: [],
        },
      ],
    },
  },
  database: {
    address: "postgres://127.0.0.1/cc",
    schema: "current",
    jobs: { rows: 2_345_678, exact: false },
    runningJobs: 7,
    parkedStops: 1,
    overdueStops: 0,
    nodes: 64,
    nodeStates: { rows: 640, exact: true },
    deadLetters: { json_syntax: 2, missing_key: 1 },
  },
  services: [{ name: "ingest-jobs", url: "http://127.0.0.1:9464", ready: true, problems: [] }],
};

it("shows what there is", () => {
  expect(problemsOf(well)).toEqual([]);
  expect(showStatus(well)).toBe(`Broker  nats://127.0.0.1:4222, nats-server 2.12.6
  SUBJECT       STREAM  MESSAGES  MB   CONSUMER     PENDING  UNACKED  REDELIVERED
  cc.job.event  CC_JOB     1,200  4.5  ingest-jobs       10        2            1

Replicas
  SERVICE      INSTANCE  VERSION  CONSUMER     MESSAGES/S  LAG  IN FLIGHT  P95 TO COMMIT  LAST COMMIT
  ingest-jobs  host:17     0.1.0  ingest-jobs       119.0   12          1  200 ms         3 s ago

Database  postgres://127.0.0.1/cc
  jobs          ~2,345,678  running 7
  node states          640  nodes 64
  parked stops           1  stops that wait for their starts
  dead letters           3  json_syntax 2, missing_key 1

Services
  ingest-jobs  ready  http://127.0.0.1:9464`);
});

it("says how many stops have waited too long", () => {
  const { database } = well;
  if (database.problem !== undefined) throw new Error("the database is well");
  const waiting = { ...well, database: { ...database, parkedStops: 5, overdueStops: 2 } };
  expect(showStatus(waiting)).toContain("5  2 overdue: their starts have not come");
});

it("shows and counts what is in the way", () => {
  const ill: Status = {
    broker: {
      address: "nats://127.0.0.1:4222",
      version: "2.12.6",
      streams: [{ subject: "cc.job.event", problem: "no stream covers the subject cc.job.event" }],
      replicas: { problem: "the broker does not let this user publish to $SRV.STATS.ingest-jobs" },
    },
    database: { address: "postgres://127.0.0.1/cc", problem: "it can't be reached" },
    services: [
      {
        name: "ingest-jobs",
        url: "http://127.0.0.1:9464",
        ready: false,
        problems: ["waiting for the broker"],
      },
    ],
  };
  const problems = problemsOf(ill);
  expect(problems).toEqual([
    "it can't be reached",
    "no stream covers the subject cc.job.event",
    "ingest-jobs: waiting for the broker",
  ]);
  const shown = showStatus(ill);
  for (const problem of problems) expect(shown).toContain(problem.replace("ingest-jobs: ", ""));
});

it("sums up in one line", () => {
  expect(oneLine(well)).toBe(
    "events in 1,234   jobs ~2,345,678 (running 7)   node states 640   lag 12   rejected 3",
  );
});
