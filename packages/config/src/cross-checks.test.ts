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
      token: "",
      tls: { "ca-file": "", "cert-file": "", "key-file": "" },
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
  });

  it("is the NKey seed file when there is one, made absolute", () => {
    const directory = directoryWith({ "a.nk": "x" });
    const env = { ...complete, NATS_NKEY_SEED_FILE: "a.nk" };
    expect(configOf(loadConfig({ env, directory })).nats.nkeySeedFile).toBe(join(directory, "a.nk"));
  });

  it("is the token when there is one, which may come from a file", () => {
    expect(configOf(withEnv({ NATS_TOKEN: "t" })).nats.token).toBe("t");
    const directory = directoryWith({ token: "from-file\n" });
    const env = { ...complete, NATS_TOKEN_FILE: "token" };
    expect(configOf(loadConfig({ env, directory })).nats.token).toBe("from-file");
  });

  it.each([
    ["NATS_TOKEN", "a token", "NATS_USERNAME", "user and password"],
    ["NATS_CREDS_FILE", "a credentials file", "NATS_USERNAME", "user and password"],
    ["NATS_NKEY_SEED_FILE", "an NKey seed file", "NATS_USERNAME", "user and password"],
    ["NATS_CREDS_FILE", "a credentials file", "NATS_TOKEN", "a token"],
    ["NATS_NKEY_SEED_FILE", "an NKey seed file", "NATS_TOKEN", "a token"],
    ["NATS_NKEY_SEED_FILE", "an NKey seed file", "NATS_CREDS_FILE", "a credentials file"],
  ])("is one way at a time: not %s beside %s", (second, what, first, beside) => {
    const directory = directoryWith({ x: "x" });
    const password = first === "NATS_USERNAME" ? { NATS_PASSWORD: "p" } : {};
    const env = { ...complete, ...password, [first]: "x", [second]: "x" };
    expect(problemsOf(loadConfig({ env, directory }))).toEqual([
      `environment: ${second}: gives ${what} beside ${beside} (environment: ${first}); authenticate in one way and remove the other`,
    ]);
  });

  it("is one way at a time when the user stands in the address, too", () => {
    const env = { ...database, NATS_URL: "nats://u:p@broker", NATS_TOKEN: "secret" };
    expect(problemsOf(load({}, { env }))).toEqual([
      "environment: NATS_TOKEN: gives a token beside user and password (environment: NATS_URL); authenticate in one way and remove the other",
    ]);
  });

  it("must be in a file that is there", () => {
    expect(problemsOf(withEnv({ NATS_CREDS_FILE: "/no/such.creds" }))).toEqual([
      "environment: NATS_CREDS_FILE: there is no such file: /no/such.creds",
    ]);
  });
});

describe("TLS to the broker", () => {
  it("is insisted on when there is an authority or a certificate, whose files are made absolute", () => {
    const directory = directoryWith({
      "config.json": { nats: { tls: { "ca-file": "ca.pem", "cert-file": "c.pem", "key-file": "c.key" } } },
      "ca.pem": "x",
      "c.pem": "x",
      "c.key": "x",
    });
    const env = { ...complete, NATS_USERNAME: "u", NATS_PASSWORD: "p" };
    expect(configOf(loadConfig({ env, directory })).nats).toEqual({
      servers: ["nats://broker:4222"],
      tls: true,
      username: "u",
      password: "p",
      caFile: join(directory, "ca.pem"),
      certFile: join(directory, "c.pem"),
      keyFile: join(directory, "c.key"),
    });
    const alone = {
      env: { ...complete, NATS_TLS_CA_FILE: "ca.pem" },
      directory: directoryWith({ "ca.pem": "x" }),
    };
    expect(configOf(loadConfig(alone)).nats.tls).toBe(true);
  });

  it.each([
    ["NATS_TLS_CERT_FILE", "key-file", "there is a certificate"],
    ["NATS_TLS_KEY_FILE", "cert-file", "there is a private key"],
  ])("has certificate and key only together: %s alone", (variable, other, why) => {
    const directory = directoryWith({ x: "x" });
    expect(problemsOf(loadConfig({ env: { ...complete, [variable]: "x" }, directory }))).toEqual([
      expect.stringContaining(`nats.tls.${other}: is missing; ${why}`),
    ]);
  });

  it.each(["NATS_TLS_CA_FILE", "NATS_NKEY_SEED_FILE"])("needs the file of %s", (variable) => {
    expect(problemsOf(withEnv({ [variable]: "/no/such" }))).toEqual([
      `environment: ${variable}: there is no such file: /no/such`,
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
