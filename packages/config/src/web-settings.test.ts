import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Requirement } from "./cross-checks.js";
import { showConfig } from "./show-config.js";
import { complete, configOf, directoryWith, load, problemsOf } from "./testing/load.js";

const { x = "" } = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" });
const key = Buffer.from(x, "base64url").toString("base64");
const needs = (...required: Requirement[]) => ({ required: ["database", ...required] as const });

describe("the key of tokens", () => {
  it.each([key, x, ` ${key}\n`])("may be base64 with or without padding: %j", (text) => {
    const config = configOf(load({}, { env: { ...complete, JWT_PUBLIC_KEY: text } }));
    expect(Buffer.from(config.ingest.web.jwtPublicKey ?? "", "base64")).toEqual(Buffer.from(key, "base64"));
    expect(showConfig(config)).not.toContain(x);
  });

  it("may come from a file", () => {
    const env = { ...complete, JWT_PUBLIC_KEY_FILE: join(directoryWith({ key: `${key}\n` }), "key") };
    expect(configOf(load({}, { env })).ingest.web.jwtPublicKey).toBe(key);
  });

  it.each([`${key}AAAA`, "short", Buffer.alloc(64).toString("base64"), "*".repeat(44)])(
    "is refused without being quoted: %s",
    (text) => {
      const [problem, ...others] = problemsOf(load({}, { env: { ...complete, JWT_PUBLIC_KEY: text } }));
      expect(others).toEqual([]);
      expect(problem).toMatch(/^environment: JWT_PUBLIC_KEY: must be the 32 bytes/);
      expect(problem).not.toContain(text);
    },
  );
});

describe.each([
  ["rest-api", "INGEST_REST_API_HTTP_HOST"],
  ["console", "INGEST_CONSOLE_HTTP_HOST"],
] as const)("%s", (app, variable) => {
  const at = (host: string, env = {}) =>
    load({}, { env: { ...complete, [variable]: host, ...env }, ...needs(app) });

  it.each(["127.0.0.1", "127.1.2.3", "localhost", "::1", "[::1]"])(
    "listens on %s without the key of tokens",
    (host) => {
      expect(problemsOf(at(host))).toEqual([]);
    },
  );

  it.each(["0.0.0.0", "::", "10.0.0.1", "127.0.0.1.example.org", "::ffff:127.0.0.1", "login1"])(
    "does not listen on %s without it",
    (host) => {
      expect(problemsOf(at(host))).toEqual([
        expect.stringMatching(`^environment: ${variable}: .*lets others in.*set JWT_PUBLIC_KEY`),
      ]);
      expect(problemsOf(at(host, { JWT_PUBLIC_KEY: key }))).toEqual([]);
    },
  );

  it("is told once of a key that is wrong", () => {
    expect(problemsOf(at("0.0.0.0", { JWT_PUBLIC_KEY: "wrong" }))).toHaveLength(1);
  });

  it("is no concern of who does not need it", () => {
    expect(problemsOf(load({}, { env: { ...complete, [variable]: "0.0.0.0" } }))).toEqual([]);
  });
});

it("the REST API needs the broker only where subjects are configured", () => {
  const env = { DATABASE_URL: complete.DATABASE_URL };
  expect(problemsOf(load({}, { env, ...needs("rest-api") }))).toEqual([]);
  const subjects = { SUBJECT_JOB_EVENT: "a", SUBJECT_NODE_STATE: "b" };
  expect(problemsOf(load({}, { env: { ...env, ...subjects }, ...needs("rest-api") }))).toEqual([
    expect.stringContaining("nats.address: is missing"),
  ]);
});

describe("the address of traces", () => {
  const shown = (text: string) => load({}, { env: { ...complete, INGEST_CONSOLE_TRACE_URL: text } });

  it.each([
    "https://tempo.example/trace/{traceId}",
    'http://grafana:3000/explore?left={"queries":[{"query":"{traceId}"}]}',
  ])("may be %s", (text) => {
    expect(configOf(shown(text)).ingest.console.traceUrl).toBe(text);
  });

  it.each([
    "https://tempo.example/",
    "javascript:alert('{traceId}')",
    "/trace/{traceId}",
    "https://u:p@tempo/{traceId}",
  ])("is refused: %s", (text) => {
    expect(problemsOf(shown(text))).toEqual([
      expect.stringMatching(/INGEST_CONSOLE_TRACE_URL.*must be an http or https URL with \{traceId\} in it/),
    ]);
  });
});
