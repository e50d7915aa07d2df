import { describe, expect, it } from "vitest";
import { load, problemsOf, warningsOf } from "./testing/load.js";

const subjects = { "subject-job-event": "cc.job.event", "subject-node-state": "cc.node.state" };

describe("a misspelt key in a section of ours is an error that names it", () => {
  it.each([
    [
      { main: { "api-subjects": { ...subjects, "job-concurency": 4 } } },
      "main.api-subjects.job-concurency",
      "job-concurrency",
    ],
    [{ nats: { adress: "x" } }, "nats.adress", "address"],
    [{ nats: { "creds-file": "x" } }, "nats.creds-file", undefined],
    [{ nats: { passwrod: "x" } }, "nats.passwrod", "password"],
    [{ ingest: { timestampPrecision: "ns" } }, "ingest.timestampPrecision", "timestamp-precision"],
    [
      { ingest: { duplicate_window_seconds: 1 } },
      "ingest.duplicate_window_seconds",
      "duplicate-window-seconds",
    ],
    [{ ingest: { jobs: { batchsize: 1 } } }, "ingest.jobs.batchsize", "batch-size"],
    [{ ingest: { job: {} } }, "ingest.job", "jobs"],
    [{ ingest: { streams: { storage: "memory" } } }, "ingest.streams.storage", undefined],
    [{ ingest: { __proto__x: 1 } }, "ingest.__proto__x", undefined],
  ])("%j", (file, key, meant) => {
    const mend = meant === undefined ? "known keys here: " : `did you mean "${meant}"?`;
    const [problem, ...others] = problemsOf(load(file));
    expect(others).toEqual([]);
    expect(problem?.startsWith(`config.json: ${key}: unknown key; ${mend}`)).toBe(true);
  });

  it("also as __proto__", () => {
    expect(problemsOf(load('{ "nats": { "__proto__": { "address": "x" } } }'))[0]).toMatch(
      /^config\.json: nats\.__proto__: unknown key/,
    );
  });
});

describe("in a section shared with other components", () => {
  it.each([
    [{ main: { "api-subject": subjects } }, "main.api-subject", "api-subjects"],
    [{ main: { apiSubjects: subjects } }, "main.apiSubjects", "api-subjects"],
    [{ mian: { "api-subjects": subjects } }, "mian", "main"],
    [{ nat: {} }, "nat", "nats"],
    [{ ingset: {} }, "ingset", "ingest"],
  ])("a key that is nearly ours is an error: %j", (file, key, meant) => {
    expect(problemsOf(load(file))).toEqual([`config.json: ${key}: unknown key; did you mean "${meant}"?`]);
  });

  it("such a key is a warning when ours stands there too", () => {
    expect(warningsOf(load({ main: { "api-subjects": subjects, "api-subject": {} } }))).toEqual([
      'config.json: main.api-subject: unknown key; did you mean "api-subjects"?',
    ]);
  });

  it("any other key is left alone", () => {
    const main = { addr: "x", "brand-new": 1, "api-allowed-ips": [], "api-token": 1 };
    const nats = { subscriptions: [{ "subscribe-to": "hpc-nats" }] };
    expect(warningsOf(load({ main, nats, metrics: {}, something: 1, fleet: {}, $schema: "x" }))).toEqual([]);
  });

  it("a key of ours in the wrong place is told where it belongs", () => {
    expect(problemsOf(load({ "api-subjects": subjects, main: { "subject-job-event": "x" } }))).toEqual([
      'config.json: api-subjects: stands in the wrong section; move it to "main"',
      'config.json: main.subject-job-event: stands in the wrong section; move it to "main.api-subjects"',
    ]);
  });
});
