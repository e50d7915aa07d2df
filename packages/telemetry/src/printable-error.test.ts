import { describe, expect, it } from "vitest";
import { printableError } from "./printable-error.js";

describe("what a log says of an error", () => {
  it("is its message, stack, code and causes, and nothing that hangs on it", () => {
    const cause = Object.assign(new TypeError("inner"), { detail: "Key (hpc_user)=(alice) exists" });
    const error = Object.assign(new Error("outer", { cause }), {
      code: "57P01",
      client: { connectionParameters: { password: "hunter2" } },
    });
    const printed = printableError(error);
    expect(printed).toEqual({
      type: "Error",
      message: "outer",
      code: "57P01",
      stack: error.stack,
      cause: { type: "TypeError", message: "inner", stack: cause.stack },
    });
    expect(JSON.stringify(printed)).not.toMatch(/hunter2|alice/);
  });

  it("holds each error of several", () => {
    const several = new AggregateError([new Error("a"), "b"], "all failed");
    expect(printableError(several)).toMatchObject({
      message: "all failed",
      errors: [{ message: "a" }, { type: "string", message: "b" }],
    });
  });

  it("ends where errors cause each other", () => {
    const error = new Error("round");
    error.cause = error;
    expect(JSON.stringify(printableError(error)).match(/"message":"round"/g)).toHaveLength(5);
  });

  it("shows nothing of a thrown object", () => {
    expect(printableError({ password: "hunter2" })).toEqual({
      type: "object",
      message: "something that is no error was thrown",
    });
  });
});
