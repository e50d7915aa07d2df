import { describe, expect, it } from "vitest";
import { decodeOne, eventLine, startPayload, verdict } from "../testing/events.js";
import type { StartJob } from "./start-job.js";

function start(payload: unknown): string {
  return verdict(decodeOne(eventLine("start_job", payload)));
}

function job(extra: object | string): StartJob {
  const payload = typeof extra === "string" ? extra : { ...startPayload, ...extra };
  const outcome = decodeOne(eventLine("start_job", payload));
  if (outcome.kind !== "start_job") {
    throw new Error(verdict(outcome));
  }
  return outcome.job;
}

/** A sound payload with text put in front of its end, for what JSON.stringify does not write. */
function withText(text: string): string {
  return `${JSON.stringify(startPayload).slice(0, -1)},${text}}`;
}

describe("a start_job is refused with the path", () => {
  it.each<[unknown, string]>([
    [{ ...startPayload, resources: [null] }, "wrong_type at resources[0]"],
    [{ ...startPayload, tags: [null] }, "wrong_type at tags[0]"],
    [{ ...startPayload, tags: [{ type: "a", name: "b" }, null] }, "wrong_type at tags[1]"],
    [{ ...startPayload, tags: [{ name: "b" }] }, "missing_key at tags[0].type"],
    [{ ...startPayload, tags: [{ type: "b" }] }, "missing_key at tags[0].name"],
    [
      { ...startPayload, resources: [{ hostname: "a", hwthreads: [0, null] }] },
      "wrong_type at resources[0].hwthreads[1]",
    ],
    [
      { ...startPayload, resources: [{ hostname: "a", hwthreads: [1, 1.5, 2] }] },
      "wrong_type at resources[0].hwthreads[1]",
    ],
    [
      { ...startPayload, resources: [{ hostname: "a", hwthreads: [9007199254740992] }] },
      "out_of_range at resources[0].hwthreads[0]",
    ],
    [
      { ...startPayload, resources: [{ hostname: "a", accelerators: [1] }] },
      "wrong_type at resources[0].accelerators[0]",
    ],
    [{ ...startPayload, resources: [{ hostname: "a" }, {}] }, "missing_key at resources[1].hostname"],
    [
      { ...startPayload, resources: [{ hostname: "a" }, { hostnames: "b" }] },
      "unknown_key at resources[1].hostnames",
    ],
    [{ ...startPayload, resources: {} }, "wrong_type at resources"],
    [{ ...startPayload, metaData: [] }, "wrong_type at metaData"],
    [{ ...startPayload, metaData: { a: 1 } }, "wrong_type at metaData.a"],
    [{ ...startPayload, metaData: { "a b": 1 } }, 'wrong_type at metaData["a b"]'],
    [{ ...startPayload, footprint: { a: "1" } }, "wrong_type at footprint.a"],
    [
      { ...startPayload, concurrentJobs: { items: [{ ID: 1, x: 2 }] } },
      "unknown_key at concurrentJobs.items[0].x",
    ],
    [{ ...startPayload, concurrentJobs: { total: 2 } }, "unknown_key at concurrentJobs.total"],
    [{ ...startPayload, statistics: { m: { unit: { bas: "" } } } }, "unknown_key at statistics.m.unit.bas"],
    [{ ...startPayload, statistics: { m: { mean: 1 } } }, "unknown_key at statistics.m.mean"],
    [{ ...startPayload, tags: [{ typ: "a" }] }, "unknown_key at tags[0].typ"],
    [{ ...startPayload, user: 5 }, "wrong_type at user"],
    [{ ...startPayload, user: true }, "wrong_type at user"],
    [{ ...startPayload, "": 5 }, 'unknown_key at [""]'],
    [{ ...startPayload, stopTime: 5 }, "unknown_key at stopTime"],
    [[], "wrong_type"],
    ["5", "wrong_type"],
    ["true", "wrong_type"],
    ['"a"', "wrong_type"],
    ["", "json_syntax"],
    ["{", "json_syntax"],
    ["{,}", "json_syntax"],
    ['{"jobId":1,}', "json_syntax at jobId"],
    ["{jobId:1}", "json_syntax"],
    ['{"jobId"}', "json_syntax at jobId"],
    ['{"jobId":1 "user":"a"}', "json_syntax at jobId"],
    ['{"resources":[{"hostname":"a"},]}', "json_syntax at resources[1]"],
    ['{"resources":[,]}', "json_syntax at resources[0]"],
    ['{"resources":[{"hostname":"a"}{"hostname":"b"}]}', "json_syntax at resources[0]"],
    ['{"resources":[{"hostname":"a","hwthreads":[,1]}]}', "json_syntax at resources[0].hwthreads[0]"],
    ['{"resources":[{"hostname":"a","hwthreads":[1,]}]}', "json_syntax at resources[0].hwthreads[1]"],
    ['{"resources":[{"hostname":"a","hwthreads":[1 2]}]}', "json_syntax at resources[0].hwthreads[0]"],
    ['{"resources":[{"hostname":"a","hwthreads":[01,1]}]}', "json_syntax at resources[0].hwthreads[0]"],
    ['{"jobId":1}}', "json_syntax"],
    ['{"jobId":1} 2', "json_syntax"],
    ['{"user":"a\nb"}', "json_syntax at user"],
    ['{"user":"a\\qb"}', "json_syntax at user"],
    ['{"user":"a\\u12g4"}', "json_syntax at user"],
    ['{"user":"a', "json_syntax at user"],
    ['{"user":"a\\', "json_syntax at user"],
    ['{"x":1,', "json_syntax"],
  ])("%j: %s", (payload, expected) => {
    expect(start(payload)).toBe(expected);
  });

  it("and a hint when a key is nearly right", () => {
    const messageOf = (extra: object): string => {
      const outcome = decodeOne(eventLine("start_job", { ...startPayload, ...extra }));
      return outcome.kind === "rejected" ? outcome.message : "accepted";
    };
    expect(messageOf({ numNode: 1 })).toBe('numNode: unknown key "numNode"; did you mean "numNodes"?');
    expect(messageOf({ metadat: 1 })).toContain('did you mean "metaData"?');
    expect(messageOf({ resources: [{ hostnames: "a" }] })).toContain('did you mean "hostname"?');
    expect(messageOf({ priority: 1 })).toContain("known are cluster, subCluster, ");
    expect(messageOf({ ["k".repeat(1000)]: 1 }).length).toBeLessThan(700);
  });
});

describe("a start_job is refused when it makes no sense", () => {
  it.each<[object, string]>([
    [{ cluster: "" }, "missing_key at cluster"],
    [{ user: "" }, "missing_key at user"],
    [{ resources: [] }, "missing_key at resources"],
    [{ jobId: 0 }, "missing_key at jobId"],
    [{ jobId: -1 }, "out_of_range at jobId"],
    [{ startTime: 0 }, "missing_key at startTime"],
    [{ numAcc: -1 }, "out_of_range at numAcc"],
    [{ numHwthreads: -1 }, "out_of_range at numHwthreads"],
    [{ numNodes: 0 }, "out_of_range at numNodes"],
    [{ numNodes: 2 }, "count_mismatch at numNodes"],
    [{ resources: [{ hostname: "a" }, { hostname: "b" }] }, "count_mismatch at numNodes"],
    [{ startTime: 946684799 }, "absurd_time at startTime"],
    [{ startTime: 946684800 }, "start_job"],
    [{ startTime: 1760086400 }, "start_job"],
    [{ startTime: 1760086401 }, "absurd_time at startTime"],
    [{ startTime: -5 }, "absurd_time at startTime"],
    [{ startTime: 1759996400000 }, "looks_like_milliseconds at startTime"],
    [{ startTime: 1759996400000000 }, "looks_like_microseconds at startTime"],
    [{ startTime: 1759996400000000000 }, "looks_like_nanoseconds at startTime"],
    [{ submitTime: 5 }, "start_job"],
    [{ shared: "shared" }, "invalid_value at shared"],
    [{ shared: "None" }, "invalid_value at shared"],
  ])("%j: %s", (extra, expected) => {
    expect(start({ ...startPayload, ...extra })).toBe(expected);
  });

  it("for the first reason in the reference's order", () => {
    const bad = {
      shared: "x",
      cluster: "",
      resources: [],
      user: "",
      jobId: 0,
      numAcc: -1,
      numHwthreads: -1,
      numNodes: 0,
    };
    const seen: string[] = [];
    const sound: Record<string, unknown> = { ...startPayload, shared: "none", numAcc: 0, numHwthreads: 0 };
    const payload: Record<string, unknown> = { ...startPayload, ...bad, startTime: 5 };
    for (const key of [
      "shared",
      "cluster",
      "resources",
      "user",
      "jobId",
      "numAcc",
      "numHwthreads",
      "numNodes",
      "startTime",
    ]) {
      seen.push(start(payload));
      payload[key] = sound[key];
    }
    expect(seen).toStrictEqual([
      "invalid_value at shared",
      "missing_key at cluster",
      "missing_key at resources",
      "missing_key at user",
      "missing_key at jobId",
      "out_of_range at numAcc",
      "out_of_range at numHwthreads",
      "out_of_range at numNodes",
      "absurd_time at startTime",
    ]);
    expect(start(payload)).toBe("start_job");
  });
});

describe("what a database could not keep is refused", () => {
  it.each([
    ["a NUL character", '"project":"a\\u0000"', "nul_character at project"],
    ["a NUL character in a map", '"metaData":{"a\\u0000":"b"}', "nul_character at metaData"],
    ["a raw NUL character", '"project":"a\0"', "json_syntax at project"],
    ["half a surrogate pair", '"project":"\\ud83d"', "lone_surrogate at project"],
    ["the other half", '"metaData":{"a":"\\ude00x"}', "lone_surrogate at metaData.a"],
    ["half a pair in a key", '"metaData":{"\\ud83d":"x"}', "lone_surrogate at metaData"],
    ["__proto__", '"__proto__":{}', "forbidden_key at __proto__"],
    ["__proto__ in a map", '"metaData":{"__proto__":"x"}', "forbidden_key at metaData.__proto__"],
    ["__proto__ escaped", '"footprint":{"\\u005f_proto__":1}', "forbidden_key at footprint.__proto__"],
    ["constructor", '"constructor":{}', "forbidden_key at constructor"],
    ["prototype", '"statistics":{"prototype":{}}', "forbidden_key at statistics.prototype"],
  ])("%s", (_, text, expected) => {
    expect(start(withText(text))).toBe(expected);
    expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
  });

  it("but a whole pair is a character", () => {
    expect(job(withText('"project":"\\ud83d\\ude00 \\u00e9\\/\\b\\f\\n\\r\\t\\"\\\\"')).project).toBe(
      '\u{1f600} é/\b\f\n\r\t"\\',
    );
  });
});
