import { describe, expect, it } from "vitest";
import { addSecrets, lastLine, sumUp } from "../../../infra/toolchain/reports.mjs";

const ROOT = "/repository";

function file(status, ...tests) {
  return {
    name: `${ROOT}/packages/a/src/x.test.ts`,
    status,
    assertionResults: tests.map((each) => ({ status: each, fullName: `it ${each}` })),
  };
}

function total(report, exitCodes) {
  return sumUp(new Map([["a", report]]), new Map(Object.entries(exitCodes)), ROOT);
}

describe("the totals of npm test", () => {
  it("count tests that passed, failed and were skipped, and name the failed ones", () => {
    const report = {
      testResults: [file("failed", "passed", "passed", "failed", "pending", "todo", "skipped")],
    };
    expect(total(report, { "a#test": 1 })).toEqual({
      passed: 2,
      failed: 1,
      skipped: 3,
      failures: ["a packages/a/src/x.test.ts > it failed"],
    });
  });

  it("say below a failure what was said of it, without the test runner's own calls and no more than a dozen lines", () => {
    const report = { testResults: [file("failed", "failed"), { ...file("failed"), message: "no broker" }] };
    report.testResults[0].assertionResults[0].failureMessages = [
      [
        "Error: \u001b[31mstill has 3 messages",
        "",
        "    at /repository/x.test.ts:1:2",
        "    at run (file:///repository/node_modules/vitest/dist/run.js:3:4)",
        ...Array.from({ length: 20 }, (_, i) => `line ${i}`),
      ].join("\n"),
    ];
    expect(total(report, { "a#test": 1 }).failures).toEqual([
      [
        "a packages/a/src/x.test.ts > it failed",
        "    Error: still has 3 messages",
        "        at /repository/x.test.ts:1:2",
        ...Array.from({ length: 10 }, (_, i) => `    line ${i}`),
      ].join("\n"),
      "a packages/a/src/x.test.ts: failed outside its tests\n    no broker",
    ]);
  });

  it("count a file that cannot be loaded, or whose hooks fail, as one failure", () => {
    expect(total({ testResults: [file("failed")] }, { "a#test": 1 }).failed).toBe(1);
    expect(total({ testResults: [file("failed", "pending")] }, { "a#test": 1 }).failed).toBe(1);
  });

  it("count a run that fails although its tests pass: an unhandled error, no tests at all", () => {
    expect(total({ testResults: [file("passed", "passed")] }, { "a#test": 1 })).toMatchObject({
      passed: 1,
      failed: 1,
    });
    expect(total({ testResults: [] }, { "a#test": 1 }).failed).toBe(1);
  });

  it("count a run that left no report, and one that never began", () => {
    expect(total(undefined, { "a#test": 137 }).failures).toEqual([
      "a: its test run ended with exit code 137 and left no report",
    ]);
    expect(total(undefined, { "a#test": 0 }).failed).toBe(1);
    expect(total(undefined, {}).failures).toEqual([
      "a: its tests did not run, because something they need failed",
    ]);
  });

  it("count each failed build, type check and lint once", () => {
    const exitCodes = { "b#build": 2, "b#typecheck": 1, "//#lint": 1, "c#build": 0, "a#test": 0 };
    expect(total({ testResults: [file("passed", "passed")] }, exitCodes)).toEqual({
      passed: 1,
      failed: 3,
      skipped: 0,
      failures: ["b build failed", "b typecheck failed", "lint failed"],
    });
  });
});

describe("the last line", () => {
  it("is plain, and speaks of skipped tests only when there are any", () => {
    expect(lastLine({ passed: 12, failed: 0, skipped: 0 })).toBe("12 passed, 0 failed");
    expect(lastLine({ passed: 12, failed: 3, skipped: 1 })).toBe("12 passed, 3 failed, 1 skipped");
  });
});

it("no secret put out is one more test; each that was is a failure", () => {
  const count = (found) => {
    const sum = { passed: 3, failed: 0, skipped: 0, failures: [] };
    addSecrets(sum, found);
    return [sum.passed, sum.failed, sum.failures];
  };
  expect(count({ secrets: 5, leaks: [] })).toEqual([4, 0, []]);
  expect(count({ secrets: 5, leaks: ["a leak"] })).toEqual([3, 1, ["a leak"]]);
  expect(count({ secrets: 0, leaks: [] })).toEqual([3, 0, []]);
});
