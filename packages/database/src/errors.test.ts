import { describe, expect, test } from "vitest";
import { type FailureKind, classifyDatabaseError } from "./errors.js";

const coded = (code: string, extra: object = {}) => Object.assign(new Error(code), { code, ...extra });

describe("each failure has one kind", () => {
  const cases: readonly (readonly [FailureKind, string, unknown])[] = [
    ["transient", "the server is shutting down", coded("57P01")],
    ["transient", "the server is starting up", coded("57P03")],
    ["transient", "a closed socket", new Error("Connection terminated unexpectedly")],
    ["transient", "a refused connection", coded("ECONNREFUSED")],
    [
      "transient",
      "refused on every address",
      new AggregateError([coded("ECONNREFUSED"), coded("ECONNREFUSED")]),
    ],
    ["transient", "no reply in time", new Error("Query read timeout")],
    ["transient", "a failover to read-only", coded("25006")],
    ["transient", "a full disk", coded("53100")],
    ["transient", "too many clients", coded("53300")],
    ["transient", "out of memory", coded("53200")],
    ["transient", "a lost connection", coded("08006")],
    ["conflict", "a deadlock", coded("40P01")],
    ["conflict", "a serialization failure", coded("40001")],
    ["conflict", "a row that another transaction wrote first", coded("23505")],
    ["conflict", "a partition dropped meanwhile", coded("23514", { routine: "ExecFindPartition" })],
    ["timeout", "a statement timeout", coded("57014")],
    ["timeout", "a lock timeout", coded("55P03")],
    ["data", "a value out of range", coded("22003")],
    ["data", "a number too wide for its column", coded("ERR_OUT_OF_RANGE")],
    ["data", "a NUL in text", coded("22021")],
    ["data", "a violated check", coded("23514", { routine: "ExecConstraints" })],
    ["data", "a value too large for an index", coded("54000")],
    ["schema", "a missing table", coded("42P01")],
    ["schema", "a missing column", coded("42703")],
    ["schema", "a missing privilege", coded("42501")],
    ["bug", "a row affected twice", coded("21000")],
    ["bug", "a broken protocol message", coded("08P01")],
    ["bug", "a syntax error", coded("42601")],
    ["bug", "an error of our own", new TypeError("x is not a function")],
    ["bug", "something that is no error", "?"],
  ];
  test.each(cases)("%s: %s", (kind, _, error) => {
    expect(classifyDatabaseError(error)).toBe(kind);
  });
});
