import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeErrorCodes } from "../codes.js";
import type { EncodeResult } from "../line/encode-points.js";
import type { StartJob } from "../payload/start-job.js";
import { jobStates, nodeConditions, resolveStates, sharings } from "../payload/states.js";
import { recently } from "../testing/events.js";
import { decodeMessage } from "./decode-message.js";
import { encodeNodeStates, encodeStartJob, encodeStopJob } from "./encode-message.js";
import type { MessageOutcome } from "./outcome.js";
import { numRuns } from "../testing/runs.js";

const job = {
  jobId: 1403244n,
  cluster: "fritz",
  user: "k106eb10",
  startTime: recently,
  numNodes: 1,
  resources: [{ hostname: "f0720", hwthreads: [0, 1] }],
};

function text(result: EncodeResult): string {
  return result.ok ? Buffer.from(result.bytes).toString() : `${result.code}: ${result.message}`;
}

function decoded(
  result: EncodeResult,
  streamTime = BigInt(recently) * 1_000_000_000n,
): MessageOutcome | undefined {
  return result.ok ? [...decodeMessage(result.bytes, { streamTime })][0] : undefined;
}

describe("a message is written as Go producers write it", () => {
  it("start_job", () => {
    const metaData = { jobScript: 'a < b && c > "d"\n\u2028\u2029' };
    const options = { timestamp: 1_759_996_400_000_000_000n, tags: { type: "node", hostname: "fmgmt1" } };
    expect(text(encodeStartJob({ ...job, metaData, walltime: 86340n, smt: 2 }, options))).toBe(
      'job,function=start_job,hostname=fmgmt1,type=node event="' +
        [
          '{"cluster":"fritz","subCluster":"","partition":"","project":"","user":"k106eb10","shared":"none",',
          '"jobState":"","resources":[{"hostname":"f0720","hwthreads":[0,1]}],"energyFootprint":null,',
          '"footprint":null,"metaData":{"jobScript":"a \\u003c b \\u0026\\u0026 c \\u003e \\"d\\"\\n\\u2028\\u2029"},',
          '"concurrentJobs":{"items":null,"count":0},"energy":0,"walltime":86340,"jobId":1403244,"duration":0,',
          '"smt":2,"numNodes":1,"statistics":null,"startTime":1759996400}',
        ]
          .join("")
          .replaceAll(/[\\"]/g, "\\$&") +
        '" 1759996400000000000',
    );
  });

  it("start_job, without what is unknown", () => {
    const zero = { arrayJobId: 0n, walltime: 0n, requestedMemory: 0n, submitTime: 0n };
    expect(text(encodeStartJob({ ...job, ...zero }))).toBe(text(encodeStartJob(job)));
    const one = { arrayJobId: 1n, walltime: 2n, requestedMemory: 3n, submitTime: 4n };
    expect(text(encodeStartJob({ ...job, ...one }))).toContain(
      '\\"arrayJobId\\":1,\\"walltime\\":2,\\"requestedMemory\\":3,\\"jobId\\":1403244',
    );
  });

  it("stop_job", () => {
    expect(text(encodeStopJob({ jobId: 9007199254740993n, stopTime: recently }))).toBe(
      'job,function=stop_job event="{\\"jobId\\":9007199254740993,\\"jobState\\":\\"completed\\",\\"stopTime\\":1759996400}"',
    );
    const full = {
      jobId: 1n,
      cluster: "c",
      startTime: recently - 1,
      stopTime: recently,
      jobState: "failed",
    } as const;
    expect(text(encodeStopJob(full, { timestamp: 1_759_996_400_999_000_000n, precision: "s" }))).toBe(
      'job,function=stop_job event="{\\"jobId\\":1,\\"cluster\\":\\"c\\",\\"startTime\\":1759996399,\\"jobState\\":\\"failed\\",\\"stopTime\\":1759996400}" 1759996400',
    );
  });

  it("nodestate", () => {
    const node = {
      hostname: "a",
      states: ["IDLE"],
      cpusAllocated: 1,
      memoryAllocated: 2n,
      gpusAllocated: 3,
      jobsRunning: 4,
    };
    expect(text(encodeNodeStates({ cluster: "c", nodes: [node] }, { tags: { b: "c" } }))).toBe(
      'nodestate,b=c event="{\\"cluster\\":\\"c\\",\\"nodes\\":[{\\"hostname\\":\\"a\\",\\"states\\":[\\"IDLE\\"],\\"cpusAllocated\\":1,\\"memoryAllocated\\":2,\\"gpusAllocated\\":3,\\"jobsRunning\\":4}]}"',
    );
  });
});

describe("a message that the decoder would refuse is not written", () => {
  it.each<[string, () => EncodeResult]>([
    ["missing_key: jobId: ", () => encodeStartJob({ ...job, jobId: 0n })],
    ["count_mismatch: numNodes: ", () => encodeStartJob({ ...job, numNodes: 2 })],
    ["wrong_type: startTime: ", () => encodeStartJob({ ...job, startTime: 1.5 })],
    ["absurd_time: startTime: ", () => encodeStartJob({ ...job, startTime: 5 })],
    ["nul_character: project: ", () => encodeStartJob({ ...job, project: "a\0" })],
    ["lone_surrogate: project: ", () => encodeStartJob({ ...job, project: "a\ud800" })],
    [
      "forbidden_key: metaData.constructor: ",
      () => encodeStartJob({ ...job, metaData: { constructor: "x" } }),
    ],
    ["json_syntax: ", () => encodeStartJob({ ...job, energy: Number.NaN })],
    ["missing_key: stopTime: ", () => encodeStopJob({ jobId: 1n, stopTime: 0 })],
    [
      "stop_before_start: stopTime: ",
      () => encodeStopJob({ jobId: 1n, stopTime: recently, startTime: recently + 1 }),
    ],
    ["out_of_range: jobId: ", () => encodeStopJob({ jobId: 2n ** 63n, stopTime: recently })],
    ["missing_key: cluster: ", () => encodeNodeStates({ cluster: "", nodes: [] })],
  ])("%s", (reason, encode) => {
    const result = encode();
    expect(result.ok ? (decoded(result)?.kind ?? "") : text(result)).toContain(reason);
  });

  it("with the code invalid_message, or that of the line", () => {
    expect(encodeStopJob({ jobId: 0n, stopTime: recently })).toMatchObject({
      ok: false,
      code: "invalid_message",
    });
    expect(encodeErrorCodes).toContain("invalid_message");
    expect(encodeStopJob({ jobId: 1n, stopTime: recently }, { tags: { a: "" } })).toMatchObject({
      ok: false,
      code: "invalid_tag_value",
    });
    expect(encodeStopJob({ jobId: 1n, stopTime: recently }, { timestamp: 5n })).toMatchObject({
      message: expect.stringContaining("absurd_time") as string,
    });
  });

  it("may be about a time long after its timestamp", () => {
    const timestamp = BigInt(recently - 3 * 86_400) * 1_000_000_000n;
    expect(encodeStartJob(job, { timestamp })).toMatchObject({ ok: true });
    expect(encodeStopJob({ jobId: 1n, stopTime: recently }, { timestamp })).toMatchObject({ ok: true });
  });

  it("may be ahead of this machine's clock: only the receiver knows what time it is", () => {
    const startTime = 4_000_000_000;
    expect(encodeStartJob({ ...job, startTime })).toMatchObject({ ok: true });
    expect(encodeStartJob({ ...job, startTime }, { timestamp: 4_000_000_000_000_000_000n })).toMatchObject({
      ok: true,
    });
    expect(
      encodeNodeStates({ cluster: "c", nodes: [] }, { timestamp: 4_000_000_000_000_000_000n }),
    ).toMatchObject({ ok: true });
  });
});

const name = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
  .filter((value) => !value.includes("\0"));
const free = fc.string({ unit: "grapheme", maxLength: 30 }).map((value) => value.replaceAll("\0", "\n"));
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const int32 = fc.integer();
const number = fc.double({ noNaN: true, noDefaultInfinity: true });
const map = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T> | undefined> =>
  fc.option(
    fc.dictionary(
      name.filter((key) => !["__proto__", "constructor", "prototype"].includes(key)),
      value,
      { noNullPrototype: true, maxKeys: 3 },
    ),
    { nil: undefined },
  );
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record(model, { noNullPrototype: true }) as fc.Arbitrary<T>;
const resource = fc.record(
  { hostname: name, configuration: name, hwthreads: fc.array(int32), accelerators: fc.array(free) },
  { requiredKeys: ["hostname"], noNullPrototype: true },
);

const startJobs: fc.Arbitrary<StartJob> = record<StartJob>({
  jobId: fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }),
  cluster: name,
  subCluster: free,
  partition: free,
  project: free,
  user: name,
  shared: fc.constantFrom(...sharings),
  arrayJobId: int64,
  walltime: int64,
  requestedMemory: int64,
  submitTime: int64,
  startTime: fc.integer({ min: 946_684_800, max: 4_000_000_000 }),
  duration: int32,
  smt: int32,
  monitoringStatus: fc.integer({ min: 0, max: 3 }),
  numAcc: fc.nat(),
  numHwthreads: fc.nat(),
  numNodes: fc.constant(0),
  energy: number,
  tags: fc.array(record({ type: name, name, scope: name }), { maxLength: 2 }),
  resources: fc.array(resource, { minLength: 1, maxLength: 3 }) as fc.Arbitrary<StartJob["resources"]>,
  metaData: map(free),
  footprint: map(number),
  energyFootprint: map(number),
  concurrentJobs: record({
    items: fc.array(record({ id: int64, jobId: int64 }), { maxLength: 2 }),
    count: int32,
  }),
  statistics: map(
    record({ unit: record({ base: free, prefix: free }), avg: number, min: number, max: number }),
  ),
}).map((value) => ({ ...value, numNodes: value.resources.length }));

describe("what was encoded is decoded to the same", () => {
  it("start_job", () => {
    fc.assert(
      fc.property(startJobs, (value) => {
        const outcome = decoded(encodeStartJob(value), BigInt(value.startTime) * 1_000_000_000n);
        expect(outcome?.kind === "start_job" ? outcome.job : outcome).toStrictEqual(value);
      }),
      { numRuns },
    );
  });

  it("stop_job and nodestate", () => {
    const stops = record({
      jobId: fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }),
      cluster: fc.option(name, { nil: undefined }),
      startTime: fc.option(fc.integer({ min: 946_684_800, max: 1_000_000_000 }), { nil: undefined }),
      stopTime: fc.integer({ min: 1_000_000_000, max: recently }),
      jobState: fc.constantFrom(...jobStates),
    });
    const nodes = fc.array(
      record({
        hostname: name,
        states: fc.array(fc.oneof(fc.constantFrom(...nodeConditions), free), { maxLength: 3 }),
        cpusAllocated: int32,
        memoryAllocated: int64,
        gpusAllocated: int32,
        jobsRunning: int32,
      }),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(stops, name, nodes, (stop, cluster, sent) => {
        expect(decoded(encodeStopJob(stop))).toHaveProperty("stop", stop);
        const expected = sent.map((node) => ({ ...node, state: resolveStates(node.states) }));
        expect(decoded(encodeNodeStates({ cluster, nodes: sent }))).toHaveProperty("nodes", {
          cluster,
          nodes: expected,
        });
      }),
      { numRuns },
    );
  });
});
