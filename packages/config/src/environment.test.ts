import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfig } from "./load-config.js";
import { allSettings } from "./settings.js";
import { complete, configOf, directoryWith, load, problemsOf, warningsOf } from "./testing/load.js";

describe("secrets", () => {
  const directory = () =>
    directoryWith({ password: " from-file \n", url: "postgres://a:b@c/d\n", blank: " \n" });
  const user = { ...complete, NATS_USERNAME: "u" };

  it("may come from files, as Docker and Kubernetes mount them", () => {
    const env = {
      NATS_URL: "broker",
      NATS_USERNAME: "u",
      NATS_PASSWORD_FILE: "password",
      DATABASE_URL_FILE: "url",
    };
    const config = configOf(loadConfig({ env, directory: directory() }));
    expect(config.nats.password).toBe("from-file");
    expect(config.database.url).toBe("postgres://a:b@c/d");
  });

  it("come from the variable itself first, untrimmed", () => {
    const env = { ...user, NATS_PASSWORD: " direct ", NATS_PASSWORD_FILE: "password" };
    expect(configOf(loadConfig({ env, directory: directory() })).nats.password).toBe(" direct ");
  });

  it("must be in the file that is named", () => {
    const from = (file: string, where = directory()) =>
      problemsOf(loadConfig({ env: { ...user, NATS_PASSWORD_FILE: file }, directory: where }));
    const where = directory();
    expect(from("blank", where)).toEqual([
      `environment: NATS_PASSWORD_FILE: the secret file is empty: ${join(where, "blank")}`,
    ]);
    expect(from("/none")).toEqual(["environment: NATS_PASSWORD_FILE: there is no such file: /none"]);
  });

  it("have ClusterCockpit's own variable names as well, after ours", () => {
    const env = { ...complete, CC_NATS_USERNAME: "cc", CC_NATS_PASSWORD_FILE: "password" };
    expect(configOf(loadConfig({ env, directory: directory() })).nats).toMatchObject({
      username: "cc",
      password: "from-file",
    });
    const both = { ...env, NATS_USERNAME: "ours" };
    expect(configOf(loadConfig({ env: both, directory: directory() })).nats.username).toBe("ours");
  });
});

describe("unknown variables", () => {
  const withEnv = (env: Readonly<Record<string, string>>) => load({}, { env: { ...complete, ...env } });

  it("with our prefix are an error when nearly right, else a warning", () => {
    expect(problemsOf(withEnv({ INGEST_HTTP_PORT: "1", INGEST_PROVISONING: "auto" }))).toEqual([
      "environment: INGEST_PROVISONING: unknown variable; did you mean INGEST_PROVISIONING?",
    ]);
    expect(warningsOf(withEnv({ INGEST_SOMETHING_ELSE: "1" }))).toEqual([
      "environment: INGEST_SOMETHING_ELSE: unknown variable; it is ignored",
    ]);
  });

  it("with a prefix that others use too are a warning when nearly right", () => {
    expect(
      warningsOf(withEnv({ NATS_PASSWRD: "x", NATS_CONTEXT: "x", DATABASE_POOLSIZE: "1", PATH: "x" })),
    ).toEqual([
      "environment: NATS_PASSWRD: unknown variable; did you mean NATS_PASSWORD?",
      "environment: DATABASE_POOLSIZE: unknown variable; did you mean DATABASE_POOL_SIZE?",
    ]);
  });

  it("that Kubernetes sets for its Services are left alone", () => {
    const env = {
      INGEST_JOBS_SERVICE_HOST: "10.0.0.1",
      INGEST_JOBS_SERVICE_PORT: "9464",
      INGEST_JOBS_SERVICE_PORT_METRICS: "9464",
      INGEST_JOBS_PORT: "tcp://10.0.0.1:9464",
      INGEST_JOBS_PORT_9464_TCP: "tcp://10.0.0.1:9464",
      INGEST_JOBS_PORT_9464_TCP_ADDR: "10.0.0.1",
      NATS_PORT: "tcp://10.0.0.2:4222",
    };
    expect(warningsOf(withEnv(env))).toEqual([]);
  });
});

const variables = allSettings.map(({ key, env }) => [env[0], key] as const);
const withPrefix = variables.filter(([, key]) => /^ingest\.(?!database|http)/.test(key));

it.each(withPrefix)("%s stands for %s", (variable, key) => {
  expect(variable).toBe(key.replaceAll(/[.-]/g, "_").toUpperCase());
});

it("every other variable has a name of its own", () => {
  const others = variables.filter((each) => !withPrefix.includes(each)).map(([variable]) => variable);
  expect(others.filter((name) => !/^(SUBJECT|JOB|NODE|NATS|DATABASE|HTTP)_/.test(name))).toEqual([]);
  expect(new Set(variables.map(([variable]) => variable)).size).toBe(allSettings.length);
});
