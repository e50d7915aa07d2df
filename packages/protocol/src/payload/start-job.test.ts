import { describe, expect, it } from "vitest";
import { decodeOne, eventLine, recently, startPayload, verdict } from "../testing/events.js";
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

describe("a start_job", () => {
  it("has defaults for all that need not be sent", () => {
    expect(job({})).toStrictEqual({
      jobId: 1403244n,
      cluster: "fritz",
      subCluster: "",
      partition: "",
      project: "",
      user: "k106eb10",
      shared: "none",
      arrayJobId: 0n,
      walltime: 0n,
      requestedMemory: 0n,
      submitTime: 0n,
      startTime: recently,
      duration: 0,
      smt: 1,
      monitoringStatus: 1,
      numAcc: 0,
      numHwthreads: 0,
      numNodes: 1,
      energy: 0,
      tags: [],
      resources: [{ hostname: "f0720" }],
      metaData: undefined,
      footprint: undefined,
      energyFootprint: undefined,
      concurrentJobs: undefined,
      statistics: undefined,
    });
  });

  it("may say everything", () => {
    const sent = {
      subCluster: "spr",
      partition: "multinode",
      project: "k106eb",
      shared: "multi_user",
      jobState: "running",
      arrayJobId: 7,
      walltime: 86340,
      requestedMemory: 256000,
      submitTime: 1759990000,
      id: 12,
      duration: 5,
      smt: 2,
      monitoringStatus: 3,
      numAcc: 4,
      numHwthreads: 72,
      energy: 12.5,
      tags: [
        { type: "a", name: "b", scope: "private", id: 3 },
        { type: "c", name: "d" },
      ],
      resources: [
        { hostname: "f0720", configuration: "x", hwthreads: [0, 10, -1], accelerators: ["00000000:0E:00.0"] },
      ],
      metaData: { jobName: "lbm", jobScript: "#!/bin/bash\n" },
      footprint: { flops_any: 1.5 },
      energyFootprint: { acc: 2e3 },
      concurrentJobs: { items: [{ id: 1, jobId: 2 }], count: 1 },
      statistics: { mem_bw: { unit: { base: "B/s", prefix: "G" }, avg: 1, min: 0.5, max: 2 } },
    };
    const { jobState: _jobState, id: _id, ...kept } = sent;
    expect(job(sent)).toStrictEqual({
      ...kept,
      jobId: 1403244n,
      cluster: "fritz",
      user: "k106eb10",
      numNodes: 1,
      startTime: recently,
      arrayJobId: 7n,
      walltime: 86340n,
      requestedMemory: 256000n,
      submitTime: 1759990000n,
      tags: [
        { type: "a", name: "b", scope: "private" },
        { type: "c", name: "d", scope: "global" },
      ],
      concurrentJobs: { items: [{ id: 1n, jobId: 2n }], count: 1 },
    });
  });

  it("keeps int64 exact", () => {
    for (const value of [2n ** 63n - 1n, 9007199254740993n, 1000000000000001n, 999999999999999n]) {
      expect(job(withText(`"jobId":${value}`)).jobId).toBe(value);
    }
    expect(job(withText('"walltime":-9223372036854775808')).walltime).toBe(-(2n ** 63n));
    expect(job(withText('"walltime":-0')).walltime).toBe(0n);
    expect(Object.is(job(withText('"duration":-0')).duration, 0)).toBe(true);
  });

  it.each([
    ["walltime", "-1", -1n],
    ["duration", "-2147483648", -2147483648],
    ["duration", "2147483647", 2147483647],
    ["monitoringStatus", "0", 0],
    ["energy", "-0", -0],
    ["energy", "1e3", 1000],
    ["energy", "12345678901234567890", 12345678901234567000],
    ["energy", "0.25E-1", 0.025],
  ] as const)("takes %s %s", (key, text, value) => {
    expect(job(withText(`"${key}":${text}`))[key]).toBe(value);
  });
});

describe("a start_job is read as Go's encoding/json reads it", () => {
  it.each(["1.0", "1e3", "1E0", '"5"', "true", "[1]", "{}", "12345678901234567890.5", "1e400"])(
    "an integer is not %s",
    (text) => {
      expect(start(withText(`"walltime":${text}`))).toBe("wrong_type at walltime");
    },
  );

  it.each([
    ["walltime", "9223372036854775808"],
    ["walltime", "-9223372036854775809"],
    ["walltime", "1".repeat(60)],
    ["duration", "2147483648"],
    ["duration", "-2147483649"],
    ["smt", "9223372036854775807"],
    ["monitoringStatus", "4"],
    ["monitoringStatus", "-1"],
    ["energy", "1e400"],
    ["exclusive", "3"],
    ["exclusive", "-1"],
  ])("%s %s is out of range", (key, text) => {
    expect(start(withText(`"${key}":${text}`))).toBe(`out_of_range at ${key}`);
  });

  it.each([
    "01",
    "-",
    "+1",
    ".5",
    "1.",
    "1e",
    "0x10",
    "1e+",
    "-a",
    "Infinity",
    "nul",
    "nulL",
    "nall",
    "nukl",
    "xull",
    "5ull",
    "tru",
    "",
    "'a'",
    "1 2",
  ])("%s is not JSON", (text) => {
    expect(start(withText(`"energy":${text}`))).toMatch(/^json_syntax/);
    expect(start(withText(`"walltime":${text}`))).toMatch(/^json_syntax/);
  });

  it("matches keys in any case, the long s and the Kelvin sign included", () => {
    const { user, ...rest } = startPayload;
    expect(job(JSON.stringify({ ...rest, USER: user })).user).toBe("k106eb10");
    expect(job({ ſmt: 5, METADATA: { A: "b" }, WallTime: 7 })).toMatchObject({
      smt: 5,
      metaData: { A: "b" },
      walltime: 7n,
    });
    expect(job(withText('"resources":[{"HostName":"a","CONFIGURATION":"K"}]')).resources).toStrictEqual([
      { hostname: "a", configuration: "K" },
    ]);
  });

  it("takes the last of equal keys, whatever their case", () => {
    expect(job(withText('"jobId":1,"JOBID":2,"jobid":3')).jobId).toBe(3n);
    expect(job(withText('"metaData":{"a":"1","a":"2","A":"3"}')).metaData).toStrictEqual({ a: "2", A: "3" });
    expect(job(withText('"metaData":{"a":"1"},"metadata":{"b":"2"}')).metaData).toStrictEqual({ b: "2" });
    expect(start(withText('"jobId":"x","jobId":3'))).toBe("wrong_type at jobId");
  });

  it("takes null as if the key were not there", () => {
    const keys = Object.keys(job({})).filter((key) => !(key in startPayload));
    expect(job(Object.fromEntries(keys.map((key) => [key, null])))).toStrictEqual(job({}));
    expect(job(withText('"jobId":null,"user":null,"startTime":null,"numNodes":null'))).toStrictEqual(job({}));
    expect(
      job(withText('"smt":3,"smt":null,"exclusive":null,"shared":null,"id":null,"jobState":null')).smt,
    ).toBe(3);
    expect(start({ ...startPayload, cluster: null })).toBe("missing_key at cluster");
    expect(start("null")).toBe("missing_key at cluster");
    expect(start("nul")).toBe("json_syntax");
  });

  it("takes null for what holds nothing, inside too", () => {
    expect(
      job({
        resources: [{ hostname: "a", hwthreads: null, accelerators: null, configuration: null }],
        metaData: { a: null, b: "c" },
        footprint: { a: null },
        statistics: { m: { unit: null, avg: null, min: null, max: 1 }, n: null },
        concurrentJobs: { items: null, count: null },
      }),
    ).toMatchObject({
      resources: [{ hostname: "a" }],
      metaData: { b: "c" },
      footprint: {},
      statistics: { m: { unit: { base: "", prefix: "" }, avg: 0, min: 0, max: 1 } },
      concurrentJobs: { items: [], count: 0 },
    });
    expect(job(withText('"concurrentJobs":{"count":2},"concurrentJobs":null')).concurrentJobs).toMatchObject({
      count: 2,
    });
    expect(job(withText('"metaData":{"a":"b"},"metaData":null')).metaData).toBeUndefined();
    expect(job(withText('"tags":[{"type":"a","name":"b"}],"tags":null')).tags).toStrictEqual([]);
    expect(job(withText('"statistics":{"m":{"unit":{"base":"B"},"unit":null}}')).statistics).toMatchObject({
      m: { unit: { base: "B" } },
    });
  });

  it("allows white space wherever JSON does, and escapes in keys", () => {
    const text =
      '\n{ "jobId" : 1 ,\r\n\t"cluster":"c","user":"u","numNodes":1,"resources":[ { "hostname" : "h" , "hwthreads" : [ 1 , 2,3 ] } ] ,"start\\u0054ime":';
    expect(job(`${text} ${recently} } \n`).resources).toStrictEqual([
      { hostname: "h", hwthreads: [1, 2, 3] },
    ]);
    expect(
      job({ resources: [{ hostname: "h", hwthreads: [], accelerators: [] }], metaData: {} }),
    ).toMatchObject({
      resources: [{ hwthreads: [], accelerators: [] }],
      metaData: {},
    });
  });
});

describe("the legacy key exclusive", () => {
  it.each([
    [{ exclusive: 0 }, "multi_user"],
    [{ exclusive: 1 }, "none"],
    [{ exclusive: 2 }, "single_user"],
    [{ exclusive: 0, shared: "single_user" }, "single_user"],
    [{ exclusive: 0, shared: "" }, "multi_user"],
    [{ shared: "" }, "none"],
    [{ shared: "none" }, "none"],
  ])("%j is %s", (extra, shared) => {
    expect(job(extra).shared).toBe(shared);
  });
});
