import { describe, expect, it } from "vitest";
import { clusterEvents } from "./cluster-events.js";
import type { Job } from "./job.js";
import { type SimulationOptions, defaultOptions } from "./options.js";
import { startTime } from "./testing/decode.js";

const crowded: SimulationOptions = {
  ...defaultOptions,
  startTime,
  nodes: 60,
  jobsPerSecond: 10,
  meanRuntimeSeconds: 60,
  nodeIntervalSeconds: 5,
  durationSeconds: 600,
};

describe("clusterEvents", () => {
  it("gives no node to two jobs at once, and reports the nodes as the running jobs use them", () => {
    const running = new Map<number, Job>();
    const reports: { readonly said: number[]; readonly true: number[] }[] = [];
    for (const event of clusterEvents(crowded)) {
      if (event.kind === "start") running.set(event.job.jobId, event.job);
      else if (event.kind === "stop") running.delete(event.job.jobId);
      else
        reports.push({
          said: event.nodes.flatMap((condition, node) => (condition === "allocated" ? [node] : [])),
          // A node that two jobs had would stand here twice.
          true: [...running.values()].flatMap(({ nodes }) => nodes).toSorted((a, b) => a - b),
        });
    }
    expect(reports).toHaveLength(120);
    expect(reports.map(({ said }) => said)).toEqual(reports.map((report) => report.true));
  });

  it("has a node down now and then, and repairs it", () => {
    const reports = [...clusterEvents(crowded)].flatMap((event) =>
      event.kind === "report" ? [event.nodes] : [],
    );
    const downAt = (node: number) => reports.map((nodes) => nodes[node] === "down");
    const failed = Array.from({ length: crowded.nodes }, (_, node) => downAt(node)).filter((d) =>
      d.includes(true),
    );
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.every((down) => down.includes(false))).toBe(true);
  });

  it("keeps a full cluster busy and lets what it can't run wait", () => {
    let started = 0;
    for (const event of clusterEvents(crowded)) started += event.kind === "start" ? 1 : 0;
    expect(started).toBeGreaterThan(100);
    expect(started).toBeLessThan(10 * 600);
  });

  it("runs no job when none is asked for", () => {
    const kinds = [...clusterEvents({ ...crowded, jobsPerSecond: 0 })].map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(["report"]));
  });
});
