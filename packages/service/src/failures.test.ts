import { SuspectBatchError } from "@cc-ingest/database";
import { BrokerRefusal, ProvisioningError, PublishError } from "@cc-ingest/jetstream";
import { expect, test } from "vitest";
import { exitCodeOf, lastWords, mayBlameMessage, retryable } from "./failures.js";

const coded = (code: string) => Object.assign(new Error(code), { code });

test.each([
  ["the database is down", coded("ECONNREFUSED"), true],
  ["a deadlock", coded("40P01"), true],
  ["a time-out", coded("57014"), true],
  ["a lifecycle event that no stream stores", new PublishError("no stream"), true],
  ["bad data", coded("22003"), false],
  ["a missing table", coded("42P01"), false],
  ["half a batch refused", new SuspectBatchError("8 of 8"), false],
  ["our own error", new TypeError("x"), false],
])("%s: another try: %#", (_, error, again) => {
  expect(retryable(error)).toBe(again);
});

test("exit codes tell a person's work from a crash", () => {
  expect(exitCodeOf(new ProvisioningError("no stream"))).toBe(3);
  expect(exitCodeOf(coded("42P01"))).toBe(3);
  expect(exitCodeOf(new BrokerRefusal("wrong password"))).toBe(4);
  expect(exitCodeOf(new SuspectBatchError("8 of 8"))).toBe(1);
  expect(exitCodeOf(new TypeError("x"))).toBe(1);
});

test.each([
  [
    "a missing table",
    coded("42P01"),
    'the database lacks something: 42P01. Run "ccingest migrate" as its owner',
  ],
  [
    "a missing column",
    coded("42703"),
    'the database lacks something: 42703. Run "ccingest migrate" as its owner',
  ],
  ["a missing privilege", coded("42501"), "42501"],
  ["a certificate that has expired", coded("CERT_HAS_EXPIRED"), "CERT_HAS_EXPIRED"],
  ["half a batch refused", new SuspectBatchError("8 of 8"), "8 of 8"],
  ["our own error", new TypeError("x"), "x"],
])("the last words of %s say what happened, and the mend where there is one", (_, error, words) => {
  expect(lastWords(error)).toBe(words);
});

test.each([
  ["our own error", new TypeError("x"), true],
  ["half a batch refused", new SuspectBatchError("8 of 8"), true],
  ["the database is down", coded("ECONNREFUSED"), false],
  ["a missing table", coded("42P01"), false],
  ["a missing stream", new ProvisioningError("no stream"), false],
  ["credentials that are refused", new BrokerRefusal("wrong password"), false],
])("%s may be a message's fault: %#", (_, error, blamed) => {
  expect(mayBlameMessage(error)).toBe(blamed);
});
