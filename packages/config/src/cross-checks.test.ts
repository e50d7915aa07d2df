import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfig } from "./load-config.js";
import { complete, configOf, database, directoryWith, load, problemsOf, warningsOf } from "./testing/load.js";

function withEnv(env: Readonly<Record<string, string>>) {
  return load({}, { env: { ...complete, ...env } });
}

describe("subjects", () => {
  const withSubjects = (SUBJECT_JOB_EVENT: string, SUBJECT_NODE_STATE: string) =>
    problemsOf(withEnv({ SUBJECT_JOB_EVENT, SUBJECT_NODE_STATE }));

  it("must be given both or none", () => {
    expect(problemsOf(withEnv({ SUBJECT_JOB_EVENT: "a" }))).toEqual([
      expect.stringMatching(/^config\.json: main\.api-subjects\.subject-node-state: is missing/),
    ]);
  });

  it.each([
    ["ev.>", "ev.node"],
    ["cc.*", "cc.node"],
    ["cc.*.event", "cc.job.*"],
    ["cc.job", "cc.job"],
  ])("must not overlap: %s and %s", (job, node) => {
    expect(withSubjects(job, node)).toEqual([
      `environment: SUBJECT_NODE_STATE: "${node}" overlaps with the job events' "${job}"; make them disjoint`,
    ]);
  });

  it.each(["cc.>", "cc.lifecycle.job.fritz.started", "cc.*.job.*.stopped"])(
    "must not cover the lifecycle events that go out: %s",
    (subject) => {
      expect(withSubjects(subject, "state")).toEqual([
        expect.stringMatching(/^environment: SUBJECT_JOB_EVENT: .*covers cc\.lifecycle\.job/),
      ]);
    },
  );

  it("must not cover them where they have another subject either", () => {
    const env = { ...complete, INGEST_LIFECYCLE_SUBJECT: "site.out" };
    expect(
      problemsOf(load({}, { env: { ...env, SUBJECT_JOB_EVENT: "site.>", SUBJECT_NODE_STATE: "state" } })),
    ).toEqual([expect.stringContaining("covers site.out.*.*")]);
    expect(load({}, { env: { ...env, SUBJECT_JOB_EVENT: "cc.>", SUBJECT_NODE_STATE: "state" } }).ok).toBe(
      true,
    );
  });

  it("name no cluster with several *, and are told so", () => {
    const subjects = (job: string) => withEnv({ SUBJECT_JOB_EVENT: job, SUBJECT_NODE_STATE: "state" });
    expect(warningsOf(subjects("cc.*.event.*"))).toEqual([
      expect.stringMatching(/^environment: SUBJECT_JOB_EVENT: "cc\.\*\.event\.\*" has several "\*"/),
    ]);
    expect(warningsOf(subjects("cc.*.event"))).toEqual([]);
  });

  it("one wrong one is not called missing as well", () => {
    expect(withSubjects("a b", "c")).toHaveLength(1);
  });
});

describe("streams and durables", () => {
  it("must be two streams when they are created here", () => {
    expect(problemsOf(withEnv({ INGEST_JOBS_STREAM: "CC", INGEST_NODESTATE_STREAM: "CC" }))).toHaveLength(1);
  });

  it("may share an administrator's stream, with two durables", () => {
    const shared = { INGEST_JOBS_STREAM: "CC", INGEST_NODESTATE_STREAM: "CC", INGEST_PROVISIONING: "verify" };
    expect(withEnv(shared).ok).toBe(true);
    const same = { INGEST_JOBS_DURABLE: "d", INGEST_NODESTATE_DURABLE: "d" };
    expect(problemsOf(withEnv({ ...shared, ...same }))).toHaveLength(1);
    expect(withEnv(same).ok).toBe(true);
  });
});

describe("lifecycle events", () => {
  it("have a stream of their own", () => {
    expect(problemsOf(withEnv({ INGEST_LIFECYCLE_STREAM: "CC_NODE" }))).toEqual([
      expect.stringMatching(/^environment: INGEST_LIFECYCLE_STREAM: is also a stream of incoming messages/),
    ]);
    expect(withEnv({ INGEST_LIFECYCLE_STREAM: "CC_NODE", INGEST_PROVISIONING: "verify" }).ok).toBe(true);
  });

  it("go to a subject without wildcards", () => {
    expect(problemsOf(withEnv({ INGEST_LIFECYCLE_SUBJECT: "a.*" }))[0]).toMatch(/must not have wildcards/);
  });
});

describe("who we are at the broker", () => {
  it("is user and password together", () => {
    expect(problemsOf(withEnv({ NATS_USERNAME: "u" }))[0]).toMatch(
      /nats\.password: is missing; there is a user/,
    );
    expect(problemsOf(withEnv({ NATS_PASSWORD: "p" }))[0]).toMatch(
      /nats\.username: is missing; there is a pass/,
    );
    expect(configOf(withEnv({ NATS_USERNAME: "u", NATS_PASSWORD: "p" })).nats).toMatchObject({
      username: "u",
      password: "p",
    });
  });

  it("may stand in the address, decoded, but not differently beside it", () => {
    const env = { ...database, NATS_URL: "nats://u:p%40ss@broker" };
    expect(configOf(load({}, { env })).nats).toEqual({
      servers: ["nats://broker:4222"],
      tls: false,
      username: "u",
      password: "p@ss",
    });
    expect(load({ nats: { username: "u" } }, { env }).ok).toBe(true);
    expect(problemsOf(load({ nats: { username: "other" } }, { env }))).toEqual([
      "config.json: nats.username: differs from the one inside the address (environment: NATS_URL); remove one of them",
    ]);
  });

  it("is no user when the texts are empty, as in ClusterCockpit's templates", () => {
    const nats = {
      address: "broker",
      username: "",
      password: "",
      "creds-file-path": "",
      "nkey-seed-file": "",
    };
    expect(configOf(load({ nats }, { env: database })).nats).toEqual({
      servers: ["nats://broker:4222"],
      tls: false,
    });
  });

  it("is the credentials file when there is one, made absolute", () => {
    const directory = directoryWith({
      "config.json": { nats: { "creds-file-path": "a.creds" } },
      "a.creds": "x",
    });
    expect(configOf(loadConfig({ env: complete, directory })).nats).toEqual({
      servers: ["nats://broker:4222"],
      tls: false,
      credsFile: join(directory, "a.creds"),
    });
    const both = loadConfig({ env: { ...complete, NATS_USERNAME: "u", NATS_PASSWORD: "p" }, directory });
    expect(configOf(both).nats.username).toBeUndefined();
    expect(warningsOf(both)).toEqual([
      "config.json: nats.creds-file-path: is used; user name and password are ignored",
    ]);
  });

  it("is the NKey seed file when there is one, but not both", () => {
    const directory = directoryWith({ "a.nk": "x", "a.creds": "x" });
    const env = { ...complete, NATS_NKEY_SEED_FILE: "a.nk" };
    expect(configOf(loadConfig({ env, directory })).nats.nkeySeedFile).toBe(join(directory, "a.nk"));
    const both = loadConfig({ env: { ...env, NATS_CREDS_FILE: "a.creds" }, directory });
    expect(problemsOf(both)).toEqual([
      "environment: NATS_NKEY_SEED_FILE: stands beside a credentials file; give only one of the two",
    ]);
  });

  it("must be in a file that is there", () => {
    expect(problemsOf(withEnv({ NATS_CREDS_FILE: "/no/such.creds" }))).toEqual([
      "environment: NATS_CREDS_FILE: there is no such file: /no/such.creds",
    ]);
  });
});

describe("retention of node states", () => {
  it("needs a directory when days are moved, made absolute", () => {
    expect(problemsOf(withEnv({ INGEST_NODESTATE_RETENTION_POLICY: "move" }))).toEqual([
      'config.json: ingest.nodestate.retention-path: is missing; the retention policy "move" needs a directory: set "ingest.nodestate.retention-path" in the file or INGEST_NODESTATE_RETENTION_PATH in the environment',
    ]);
    const directory = directoryWith({});
    const env = {
      ...complete,
      INGEST_NODESTATE_RETENTION_DAYS: "30",
      INGEST_NODESTATE_RETENTION_POLICY: "move",
      INGEST_NODESTATE_RETENTION_PATH: "old-days",
    };
    expect(configOf(loadConfig({ env, directory })).ingest.nodestate.retention).toEqual({
      days: 30,
      policy: "move",
      path: join(directory, "old-days"),
    });
  });

  it("warns of a directory that nothing moves to: the days would be deleted", () => {
    expect(warningsOf(withEnv({ INGEST_NODESTATE_RETENTION_PATH: "/old-days" }))).toEqual([
      'environment: INGEST_NODESTATE_RETENTION_PATH: is not used: the retention policy is "drop", which deletes old days; did you mean "move"?',
    ]);
  });
});

it("warns when the shutdown grace reaches the time for acknowledgements", () => {
  expect(
    warningsOf(withEnv({ INGEST_SHUTDOWN_GRACE_SECONDS: "60" })).map((line) => line.slice(0, 60)),
  ).toEqual([
    "config.json: ingest.jobs.ack-wait-seconds: 60 s is not above",
    "config.json: ingest.nodestate.ack-wait-seconds: 60 s is not ",
  ]);
});
