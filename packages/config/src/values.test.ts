import { describe, expect, it } from "vitest";
import { integer, jetStreamName, listenHost } from "./basic-types.js";
import { didYouMean } from "./did-you-mean.js";
import { parseNatsAddress } from "./nats-address.js";
import { subjectFault, subjectsOverlap } from "./nats-subject.js";
import { parsePostgresUrl } from "./postgres-url.js";
import { redactUrl } from "./redact-url.js";

describe("a NATS subject", () => {
  it.each(["cc.job.event", "a", "cc.job.event.*", "cc.job.>", "cc.*.event", "ä.b-c_d"])(
    "may be %s",
    (subject) => {
      expect(subjectFault(subject)).toBeUndefined();
    },
  );
  it.each([
    ["", "empty"],
    ["cc job", "spaces"],
    ["cc.\tjob", "spaces"],
    ["cc.\u0000job", "control"],
    ["cc..job", "dot too many"],
    [".cc", "dot too many"],
    ["cc.", "dot too many"],
    ["cc.jo*", "whole token"],
    ["cc.>x", "whole token"],
    ["cc.>.x", "only the last"],
    [">", "starts with a wildcard"],
    ["*.job", "starts with a wildcard"],
    ["$JS.API.>", "reserved"],
    ["$SYS.x", "reserved"],
    ["_INBOX.x", "reserved"],
  ])("may not be %j", (subject, why) => {
    expect(subjectFault(subject)).toContain(why);
  });
  it.each([
    ["a.b", "a.b", true],
    ["a.b", "a.c", false],
    ["a.*", "a.b", true],
    ["a.*", "a.b.c", false],
    ["a.>", "a.b.c", true],
    ["a.>", "a", false],
    ["a.>", "a.*", true],
    ["a.*.c", "a.b.*", true],
    ["a.*.c", "*.b.d", false],
  ])("%s and %s overlap: %s", (left, right, overlap) => {
    expect(subjectsOverlap(left, right)).toBe(overlap);
    expect(subjectsOverlap(right, left)).toBe(overlap);
  });
});

describe("a NATS address", () => {
  it.each([
    ["localhost", ["nats://localhost:4222"]],
    ["localhost:4333", ["nats://localhost:4333"]],
    ["nats://localhost:80", ["nats://localhost:80"]],
    ["NATS://Broker.Example.org/", ["nats://broker.example.org:4222"]],
    ["nats://[::1]:4222", ["nats://[::1]:4222"]],
    ["a:1, b:2 ,nats://c", ["nats://a:1", "nats://b:2", "nats://c:4222"]],
  ])("may be %s", (text, servers) => {
    expect(parseNatsAddress(text)).toMatchObject({ ok: true, value: { servers, tls: false } });
  });
  it("insists on TLS with tls://, with or without port", () => {
    expect(parseNatsAddress("tls://u:p@a:4443")).toEqual({
      ok: true,
      value: { servers: ["tls://a:4443"], tls: true, username: "u", password: "p" },
    });
  });
  it.each([
    ["ws://a", "web socket"],
    ["http://a", "unknown scheme"],
    ["a:port", "not an address"],
    ["a:70000", "not an address"],
    ["nats://a/path", "not an address"],
    ["nats://", "not an address"],
    ["a,,b", "address 2 of 3 is empty"],
    ["nats://token@a", "token"],
    ["nats://u:%zz@a", "%25"],
    ["nats://u:p@a,nats://u:q@b", "different credentials"],
    ["nats://a,tls://b", "mix"],
  ])("may not be %s", (text, why) => {
    expect(parseNatsAddress(text)).toEqual({ ok: false, message: expect.stringContaining(why) });
  });
});

describe("a Postgres URL", () => {
  it.each([
    "postgres://u:p@h:5432/db",
    "postgresql://h/db?sslmode=verify-full",
    "postgres://u:p%40%2F@h/db",
    "postgres://u:p@/db?host=/run/postgresql",
    "postgres:///db?host=/run/postgresql",
    "postgres://[::1]:5432/db",
  ])("may be %s", (url) => {
    expect(parsePostgresUrl(url)).toEqual({ ok: true, value: url });
  });
  it.each([
    ["mysql://h/db", "must begin with postgres://"],
    ["h:5432/db", "must begin with postgres://"],
    ["postgres:db", "not a valid URL"],
    ["postgres://h:port/db", "not a valid URL"],
    ["postgres://u:p ss@h/db", "spaces"],
    ["postgres://u:p#ss@h/db", "percent-encoded"],
    ["postgres://u:p/ss@h/db", "percent-encoded"],
    ["postgres://u:p%ss@h/db", "%25"],
  ])("may not be %s", (url, why) => {
    expect(parsePostgresUrl(url)).toEqual({ ok: false, message: expect.stringContaining(why) });
  });
});

describe("redactUrl", () => {
  it.each([
    ["postgres://u:secret@h/db", "postgres://u:***@h/db"],
    ["postgres://u:se@cr@et@h/db", "postgres://u:***@h/db"],
    ["postgres://u:se/cr:et@h/db", "postgres://u:***@h/db"],
    ["postgres://u@h/db", "postgres://***@h/db"],
    ["postgres://h/db?password=secret&x=1", "postgres://h/db?password=***&x=1"],
    ["nats://a:secret@h:1,nats://b:sec,ret@i:2", "nats://a:***@h:1,nats://b:***@i:2"],
    ["nats://secrettoken@h", "nats://***@h"],
    ["u:secret@h", "u:***@h"],
    ["nats://h:4222", "nats://h:4222"],
    ["h:4222", "h:4222"],
    ["", ""],
  ])("%s → %s", (url, redacted) => {
    expect(redactUrl(url)).toBe(redacted);
  });
});

describe("other values", () => {
  it.each(["CC_JOB", "ingest-jobs", "ä"])("a stream or durable may be called %s", (name) => {
    expect(jetStreamName.fromText(name).ok).toBe(true);
  });
  it.each(["", "a b", "a.b", "a*", "a>", "a/b", "a\\b", "a\u0000", "x".repeat(256)])("but not %j", (name) => {
    expect(jetStreamName.fromText(name).ok).toBe(false);
  });
  it.each([
    ["0.0.0.0", "0.0.0.0"],
    ["::", "::"],
    ["[::1]", "::1"],
    ["localhost", "localhost"],
  ])("a host to listen on may be %s", (text, value) => {
    expect(listenHost.fromText(text)).toEqual({ ok: true, value });
  });
  it.each(["", "a:80", "http://a", "tcp://10.0.0.1:80", "a b"])("but not %j", (text) => {
    expect(listenHost.fromText(text).ok).toBe(false);
  });
  it.each(["", "1.5", "0x10", "1e1", " 5", "+5", "99999999999999999999", "5s"])(
    "an integer is not %j",
    (text) => {
      expect(integer(0, 10).fromText(text).ok).toBe(false);
    },
  );
  it.each([[0], [10]])("%i lies within its bounds", (value) => {
    expect(integer(0, 10).fromText(String(value))).toEqual({ ok: true, value });
    expect(integer(0, 10).fromJson(value)).toEqual({ ok: true, value });
  });
  it.each([[-1], [11], [0.5], ["5"], [true], [[5]]])("%j does not, or is none", (value) => {
    expect(integer(0, 10).fromJson(value).ok).toBe(false);
  });
});

describe("didYouMean", () => {
  it.each([
    ["api-subject", "api-subjects"],
    ["apiSubjects", "api-subjects"],
    ["API_SUBJECTS", "api-subjects"],
    ["natz", "nats"],
    ["atns", "nats"],
    ["auth", undefined],
    ["archive", undefined],
    ["", undefined],
  ])("%s → %s", (key, meant) => {
    expect(didYouMean(key, ["api-subjects", "nats", "main", "ingest"])).toBe(meant);
  });
});
