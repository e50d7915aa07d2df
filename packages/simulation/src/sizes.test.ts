import { describe, expect, it } from "vitest";
import { run, starts } from "./testing/decode.js";

const TOLERANCE = 0.06;

/** How far a simulated message's size is from that of a real one of cc-slurm-adapter. */
function deviation(bytes: number, real: number): number {
  return Math.abs(bytes / real - 1);
}

function meanSize(messages: readonly { readonly bytes: Uint8Array }[]): number {
  return messages.reduce((sum, { bytes }) => sum + bytes.length, 0) / messages.length;
}

function meanStartSize(numNodes: number, options: Parameters<typeof run>[0]): number {
  const fitting = starts(run({ nodeIntervalSeconds: 0, ...options })).filter(
    (s) => s.job.numNodes === numNodes,
  );
  return meanSize(fitting.map(({ message }) => message));
}

describe("sizes on the wire", () => {
  it.each([
    ["one node, bare", 1, { jobs: 20, nodes: 1, hwthreads: 0, scriptBytes: 0 }, 624],
    ["one node of 72 threads with a script of 1 KB", 1, { jobs: 200 }, 4_082],
    ["one node of 72 threads with a script of 64 KB", 1, { jobs: 20, scriptBytes: 65_536 }, 108_032],
    ["64 nodes of 72 threads with a script of 1 KB", 64, { jobs: 500 }, 19_646],
  ])("a start on %s", (_, numNodes, options, real) => {
    expect(deviation(meanStartSize(numNodes, options), real)).toBeLessThan(TOLERANCE);
  });

  it("a stop", () => {
    const stops = run({ jobs: 100 }).filter(({ kind }) => kind === "stop_job");
    expect(deviation(meanSize(stops), 200)).toBeLessThan(TOLERANCE);
  });

  it("the states of 1,000 busy nodes", () => {
    const reports = run({ durationSeconds: 300, jobsPerSecond: 1, meanRuntimeSeconds: 1000, scriptBytes: 0 });
    const busy = reports.findLast(({ kind }) => kind === "nodestate");
    expect(deviation(busy?.bytes.length ?? 0, 138_110)).toBeLessThan(TOLERANCE);
  });

  it("the states of many nodes are sent in messages that a broker takes", () => {
    const messages = run({ nodes: 9216, durationSeconds: 1, jobsPerSecond: 0 });
    expect(messages).toHaveLength(10);
    expect(Math.max(...messages.map(({ bytes }) => bytes.length))).toBeLessThan(1024 * 1024);
  });
});
