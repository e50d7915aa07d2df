import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { configOf, database, load, problemsOf, warningsOf } from "./testing/load.js";

const fixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), "utf8");

describe("ClusterCockpit's own files work as they are", () => {
  it("the documented one", () => {
    const config = configOf(load(fixture("documented"), { env: database }));
    expect(config).toEqual({
      file: "config.json",
      apiSubjects: {
        jobEvent: "cc.job.event",
        nodeState: "cc.node.state",
        jobConcurrency: 4,
        nodeConcurrency: 3,
      },
      nats: { servers: ["nats://localhost:4222"], tls: false, username: "root", password: "root" },
      database: { url: "postgres://writer:pw@db/cc", poolSize: 10 },
      ingest: {
        provisioning: "auto",
        timestampPrecision: "ns",
        duplicateWindowSeconds: 0,
        walltimeGraceSeconds: 0,
        overdueStopSeconds: 3600,
        lifecycle: { events: "on", stream: "CC_LIFECYCLE", subject: "cc.lifecycle.job" },
        clusterDefinitions: undefined,
        jobs: { stream: "CC_JOB", durable: "ingest-jobs", batchSize: 800, ackWaitSeconds: 60 },
        nodestate: {
          stream: "CC_NODE",
          durable: "ingest-nodestate",
          batchSize: 64,
          ackWaitSeconds: 60,
          unknownHosts: "reject",
          maxAheadSeconds: 300,
          retention: { days: 0, policy: "drop", path: undefined },
        },
        streams: { maxAgeSeconds: 604_800, maxBytes: -1, replicas: 1, storage: "file" },
        subjectRateLimit: 0,
        http: { host: "127.0.0.1", port: 9464 },
        web: { jwtPublicKey: undefined, maxBodyBytes: 4_194_304, requestTimeoutSeconds: 30 },
        restApi: { http: { host: "127.0.0.1", port: 8080 } },
        console: { http: { host: "127.0.0.1", port: 8081 }, writes: "off", traceUrl: undefined },
        shutdownGraceSeconds: 30,
      },
    });
  });

  it("a production one, with every section of the other components", () => {
    const result = load(fixture("production"), { env: database });
    expect(configOf(result)).toMatchObject({
      apiSubjects: { jobConcurrency: 16, nodeConcurrency: 4 },
      nats: { servers: ["nats://10.0.0.5:4222", "nats://10.0.0.6:4222"] },
      ingest: { walltimeGraceSeconds: 3600 },
    });
    expect(warningsOf(result)).toEqual([]);
  });

  it.each(["demo", "flat-demo"])("the %s one, which has no NATS subjects", (name) => {
    const result = load(fixture(name));
    expect(configOf(result).apiSubjects).toBeUndefined();
    expect(warningsOf(result)).toEqual([]);
  });

  it("the demo one with the subjects from the environment", () => {
    const env = {
      ...database,
      NATS_URL: "broker",
      SUBJECT_JOB_EVENT: "cc.job.event",
      SUBJECT_NODE_STATE: "cc.node.state",
    };
    expect(configOf(load(fixture("demo"), { env }))).toMatchObject({
      apiSubjects: { jobEvent: "cc.job.event", nodeState: "cc.node.state", jobConcurrency: 4 },
      nats: { servers: ["nats://broker:4222"] },
    });
  });
});

it("says what to do when the subjects are required and not there", () => {
  expect(problemsOf(load(fixture("demo"), { required: ["api-subjects", "nats", "database"] }))).toEqual([
    'config.json: main.api-subjects.subject-job-event: is missing; both subjects are needed to take messages from NATS: set "main.api-subjects.subject-job-event" in the file or SUBJECT_JOB_EVENT in the environment',
    'config.json: main.api-subjects.subject-node-state: is missing; both subjects are needed to take messages from NATS: set "main.api-subjects.subject-node-state" in the file or SUBJECT_NODE_STATE in the environment',
  ]);
});
