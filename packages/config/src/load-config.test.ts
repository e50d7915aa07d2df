import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfig } from "./load-config.js";
import { fileFault } from "./read-document.js";
import { complete, configOf, directoryWith, load, problemsOf, warningsOf } from "./testing/load.js";

const subjects = { "subject-job-event": "cc.job.event", "subject-node-state": "cc.node.state" };

describe("the file that is read", () => {
  const file = (port: number) => ({ ingest: { http: { port } } });

  it("is the one asked for, before CONFIG_FILE, before config.json", () => {
    const directory = directoryWith({ "config.json": file(1), "env.json": file(2), "own.json": file(3) });
    const env = { ...complete, CONFIG_FILE: "env.json" };
    const port = (options: { env: typeof complete; file?: string }) => {
      const config = configOf(loadConfig({ directory, ...options }));
      return [config.file, config.ingest.http.port];
    };
    expect(port({ env, file: "own.json" })).toEqual(["own.json", 3]);
    expect(port({ env })).toEqual(["env.json", 2]);
    expect(port({ env: complete })).toEqual(["config.json", 1]);
  });

  it("may be absent: the environment is enough", () => {
    const config = configOf(loadConfig({ env: complete, directory: directoryWith({}) }));
    expect(config).toMatchObject({ file: undefined, apiSubjects: undefined });
  });

  it("must be there when it is named", () => {
    const directory = directoryWith({});
    const missing = (options: { env: Record<string, string>; file?: string }) =>
      problemsOf(loadConfig({ directory, ...options }));
    expect(missing({ env: complete, file: "own.json" })).toEqual([
      `own.json: there is no such file: ${join(directory, "own.json")}`,
    ]);
    expect(missing({ env: { ...complete, CONFIG_FILE: "/no/such.json" } })).toEqual([
      "environment: CONFIG_FILE: /no/such.json there is no such file: /no/such.json",
    ]);
  });

  it("must be a file", () => {
    const directory = directoryWith({ "sub/x": "" });
    expect(problemsOf(loadConfig({ env: complete, directory, file: "sub" }))[0]).toMatch(/is a directory/);
    expect(problemsOf(loadConfig({ env: complete, directory, file: "sub/x/y" }))[0]).toMatch(
      /not a directory/,
    );
  });
});

describe("what is no JSON", () => {
  it.each([
    ['{\n  "nats": {\n    "address": "x",\n  }\n}', "line 4, column 3: a key in double quotes is missing"],
    ['{\n  "nats": {}\n  "main": {}\n}', 'line 3, column 3: a "," or a closing'],
    ['{ "nats" {} }', 'line 1, column 10: a ":" is missing'],
    ['{ "nats": {}', 'a "}" is missing'],
    ['{ "a": [1, 2 }', 'line 1, column 14: a "," or a closing bracket is missing'],
    ['{ "a": [1, 2', 'a "]" is missing'],
    ["{ 'nats': {} }", "line 1, column 3: a word that is not JSON"],
    ['{ "nats": { "password": "hunter2 } }', "a closing double quote is missing"],
    ['{ "a": 1 // why\n}', "line 1, column 10: comments are not allowed"],
    ['{ "a": "\\x" }', "an unknown escape"],
    ['{ "a": 1 } }', "more text after the end"],
    ["", "is empty"],
    ["[]", "must hold a JSON object"],
    ["null", "must hold a JSON object"],
  ])("%j gives the place and the reason in one line", (text, reason) => {
    const [problem, ...others] = problemsOf(load(text));
    expect(others).toEqual([]);
    expect(problem).toMatch(/^config\.json: /);
    expect(problem).toContain(reason);
    expect(problem).not.toContain("hunter2");
  });

  it("is not a byte order mark at the start", () => {
    expect(load("\uFEFF{}").ok).toBe(true);
  });

  it("is not UTF-8", () => {
    const directory = directoryWith({ "config.json": Buffer.from([0x7b, 0xff, 0x7d]) });
    expect(problemsOf(loadConfig({ env: complete, directory }))).toEqual([
      "config.json: is not valid UTF-8: config.json",
    ]);
  });
});

it.each(["EACCES", "EPERM"])("a file that this user may not read is named so (%s)", (code) => {
  expect(fileFault(Object.assign(new Error("open"), { code }), "/etc/x")).toBe(
    "the file may not be read by this user: /etc/x",
  );
});

describe("sections in files of their own", () => {
  it("are read, relative to the working directory", () => {
    const directory = directoryWith({
      "etc/config.json": {
        main: { "api-subjects": subjects },
        "nats-file": "secrets/nats.json",
        "ui-file": "-",
      },
      "secrets/nats.json": { address: "tls://broker:4443", username: "u", password: "p" },
    });
    const config = configOf(
      loadConfig({ env: { DATABASE_URL: complete.DATABASE_URL }, directory, file: "etc/config.json" }),
    );
    expect(config.nats).toEqual({ servers: ["tls://broker:4443"], tls: true, username: "u", password: "p" });
  });

  it("are named in problems", () => {
    const directory = directoryWith({
      "config.json": { "nats-file": "nats.json", "main-file": "none.json", "ingest-file": 3 },
      "nats.json": { adress: "broker" },
    });
    expect(problemsOf(loadConfig({ env: complete, directory }))).toEqual([
      'nats.json: nats.adress: unknown key; did you mean "address"?',
      `config.json: main-file: none.json there is no such file: ${join(directory, "none.json")}`,
      "config.json: ingest-file: must be the path of a JSON file",
    ]);
  });

  it("must not stand beside the section itself", () => {
    expect(problemsOf(load({ nats: { address: "a" }, "nats-file": "nats.json" }))).toEqual([
      'config.json: nats-file: give either "nats-file" or "nats", not both',
    ]);
  });
});

describe("one setting in two places", () => {
  it("comes from the environment", () => {
    const env = { ...complete, NATS_URL: "other:4333", INGEST_JOBS_BATCH_SIZE: "5", HTTP_PORT: "0" };
    const file = { nats: { address: "broker" }, ingest: { jobs: { "batch-size": 7 }, http: { port: 1 } } };
    expect(configOf(load(file, { env }))).toMatchObject({
      nats: { servers: ["nats://other:4333"] },
      ingest: { jobs: { batchSize: 5 }, http: { port: 0 } },
    });
  });

  it("comes from the file when the variable is empty", () => {
    const env = { ...complete, INGEST_JOBS_BATCH_SIZE: " ", NATS_PASSWORD: "" };
    expect(configOf(load({ ingest: { jobs: { "batch-size": 7 } } }, { env })).ingest.jobs.batchSize).toBe(7);
  });

  it("needs no valid value where it is overruled", () => {
    const env = { ...complete, INGEST_JOBS_BATCH_SIZE: "5" };
    expect(
      configOf(load({ ingest: { jobs: { "batch-size": "many" } } }, { env })).ingest.jobs.batchSize,
    ).toBe(5);
  });

  it("counts last within the file, with a warning", () => {
    const result = load('{ "ingest": { "http": { "port": 1, "port": 2 } } }');
    expect(configOf(result).ingest.http.port).toBe(2);
    expect(warningsOf(result)).toEqual(["config.json: ingest.http.port: stands twice; the last one counts"]);
  });

  it("is not given by null", () => {
    expect(configOf(load({ main: null, ingest: { http: { port: null } } })).ingest.http.port).toBe(9464);
  });
});

describe("all problems are reported at once", () => {
  it("of the file, the environment and both together", () => {
    const file = {
      main: { "api-subject": subjects },
      nats: { address: "http://broker", user: "x" },
      ingest: {
        provisioning: "always",
        jobs: { "batch-size": 0 },
        streams: "none",
        database: { "pool-size": 1.5 },
      },
    };
    const env = { INGEST_NODESTATE_BATCH_SIZE: "1e3", INGEST_JOBS_STREM: "X" };
    expect(problemsOf(load(file, { env }))).toEqual([
      'config.json: main.api-subject: unknown key; did you mean "api-subjects"?',
      "config.json: nats.user: unknown key; known keys here: address, username, password, token, creds-file-path, nkey-seed-file, tls",
      "config.json: ingest.streams: must be an object { … }, but is of type string",
      "environment: INGEST_JOBS_STREM: unknown variable; did you mean INGEST_JOBS_STREAM?",
      "config.json: nats.address: the address has an unknown scheme; write it as host:4222, nats://host:4222 or tls://host:4222",
      "config.json: ingest.database.pool-size: must be an integer from 1 to 200, but is 1.5",
      'config.json: ingest.provisioning: must be one of auto, verify, but is "always"',
      "config.json: ingest.jobs.batch-size: must be an integer from 1 to 10000, but is 0",
      'environment: INGEST_NODESTATE_BATCH_SIZE: must be an integer from 1 to 10000, but is "1e3"',
      'config.json: ingest.database.url: is missing; the address of the database is needed: set "ingest.database.url" in the file or DATABASE_URL or DATABASE_URL_FILE in the environment',
    ]);
  });

  it("asks only for what the process requires", () => {
    const nothing = (required: readonly ("nats" | "database")[]) =>
      problemsOf(load({}, { env: {}, required })).length;
    expect([nothing([]), nothing(["nats"]), nothing(["database"]), nothing(["nats", "database"])]).toEqual([
      0, 1, 1, 2,
    ]);
  });
});
