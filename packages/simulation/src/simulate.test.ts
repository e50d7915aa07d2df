import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SimulationOptions } from "./index.js";
import { outcomes, run, startTime, starts, stops, text } from "./testing/decode.js";

const anyOptions = fc.record({
  seed: fc.integer(),
  nodes: fc.integer({ min: 1, max: 300 }),
  hwthreads: fc.integer({ min: 0, max: 256 }),
  gpus: fc.integer({ min: 0, max: 8 }),
  jobsPerSecond: fc.double({ min: 0.1, max: 1000, noNaN: true }),
  scriptBytes: fc.integer({ min: 0, max: 5000 }),
  nodeIntervalSeconds: fc.constantFrom(0, 0.5, 60),
  nodesPerMessage: fc.integer({ min: 1, max: 100 }),
  pollIntervalSeconds: fc.constantFrom(0, 1, 60),
  jobs: fc.integer({ min: 0, max: 25 }),
  durationSeconds: fc.integer({ min: 0, max: 60 }),
  stopShuffle: fc.double({ min: 0, max: 1, noNaN: true }),
  duplicates: fc.double({ min: 0, max: 1, noNaN: true }),
  badLines: fc.double({ min: 0, max: 1, noNaN: true }),
}) satisfies fc.Arbitrary<Partial<SimulationOptions>>;

describe("simulate", () => {
  it("makes lines that the services take, except where it says that one is malformed", () => {
    fc.assert(
      fc.property(anyOptions, (options) => {
        for (const message of run(options)) {
          const kinds = outcomes(message).map(({ kind }) => kind);
          expect(kinds).toEqual([message.kind, ...Array<string>(message.badLines).fill("rejected")]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("gives the same bytes for the same options, and others for another seed", () => {
    const options = { jobs: 50, badLines: 0.2, duplicates: 0.2, stopShuffle: 0.2 };
    expect(run(options)).toEqual(run(options));
    expect(run({ ...options, seed: 2 }).map(text)).not.toEqual(run(options).map(text));
  });

  it("is ordered by the time of sending", () => {
    const dues = run({ jobs: 300, badLines: 0.1, duplicates: 0.3, stopShuffle: 0.3 }).map(({ due }) => due);
    expect(dues).toEqual(dues.toSorted((a, b) => a - b));
  });

  it("stops each job once, after its start and not before its start time", () => {
    const messages = run({ jobs: 200 });
    const stopped = new Map(stops(messages).map((each) => [each.stop.jobId, each]));
    expect(stopped.size).toBe(200);
    for (const { job, message } of starts(messages)) {
      const stop = stopped.get(job.jobId);
      expect(stop?.message.due).toBeGreaterThanOrEqual(message.due);
      expect(stop?.stop.stopTime).toBeGreaterThanOrEqual(job.startTime);
    }
  });

  it("numbers jobs upwards, and a later beginning above all of an earlier one", () => {
    const ids = (options: Partial<SimulationOptions>) => starts(run(options)).map(({ job }) => job.jobId);
    const first = ids({ jobsPerSecond: 20, durationSeconds: 30 });
    const second = ids({ jobsPerSecond: 20, jobs: 1, startTime: startTime + 30_000 });
    expect(first.length).toBeGreaterThan(400);
    expect(first).toEqual(first.toSorted((a, b) => Number(a - b)));
    expect(second[0]).toBeGreaterThan(first.at(-1) ?? 0n);
  });

  it("starts about as many jobs a second as it was asked for", () => {
    expect(starts(run({ jobsPerSecond: 40, durationSeconds: 60 })).length / 60).toBeCloseTo(40, -1);
  });

  it("ends at the given time, whatever still runs", () => {
    const messages = run({ durationSeconds: 20, jobsPerSecond: 5, meanRuntimeSeconds: 30 });
    expect(messages.at(-1)?.due).toBeLessThan(20_000);
    expect(stops(messages).length).toBeLessThan(starts(messages).length);
  });

  it("sends what happened between two polls at the later one", () => {
    const messages = run({ jobs: 100, pollIntervalSeconds: 60, nodeIntervalSeconds: 0 });
    expect(new Set(messages.map(({ due }) => due % 60_000))).toEqual(new Set([0]));
  });
});
