import { describe, expect, it } from "vitest";
import { decodeOne, eventLine, verdict } from "../testing/events.js";
import { nodeConditions, resolveStates } from "./states.js";

const node = {
  hostname: "f0720",
  states: ["IDLE", "drain"],
  cpusAllocated: 72,
  memoryAllocated: 256000,
  gpusAllocated: 4,
  jobsRunning: 2,
};

function nodes(payload: unknown): string {
  return verdict(decodeOne(eventLine("nodestate", payload)));
}

describe("a nodestate", () => {
  it("tells of nodes, their states as sent and resolved", () => {
    const outcome = decodeOne(
      eventLine("nodestate", { cluster: "fritz", nodes: [node, { hostname: "f0721" }] }),
    );
    expect(outcome).toHaveProperty("nodes", {
      cluster: "fritz",
      nodes: [
        { ...node, memoryAllocated: 256000n, state: "idle" },
        {
          hostname: "f0721",
          states: [],
          state: "unknown",
          cpusAllocated: 0,
          memoryAllocated: 0n,
          gpusAllocated: 0,
          jobsRunning: 0,
        },
      ],
    });
  });

  it.each([{}, { nodes: null }, { nodes: [] }])("may tell of none: %j", (extra) => {
    expect(decodeOne(eventLine("nodestate", { cluster: "fritz", ...extra }))).toHaveProperty(
      "nodes.nodes",
      [],
    );
  });

  it("takes null as if the key were not there", () => {
    const nothing = {
      states: null,
      cpusAllocated: null,
      memoryAllocated: null,
      gpusAllocated: null,
      jobsRunning: null,
    };
    expect(
      decodeOne(eventLine("nodestate", { cluster: "c", nodes: [{ hostname: "a", ...nothing }] })),
    ).toHaveProperty("nodes.nodes.0", {
      hostname: "a",
      states: [],
      state: "unknown",
      cpusAllocated: 0,
      memoryAllocated: 0n,
      gpusAllocated: 0,
      jobsRunning: 0,
    });
  });

  it.each<[unknown, string]>([
    [{}, "missing_key at cluster"],
    [{ cluster: "" }, "missing_key at cluster"],
    [{ cluster: "c", nodes: [{}] }, "missing_key at nodes[0].hostname"],
    [{ cluster: "c", nodes: [node, { ...node, hostname: "" }] }, "missing_key at nodes[1].hostname"],
    [{ cluster: "c", nodes: [null] }, "wrong_type at nodes[0]"],
    [{ cluster: "c", nodes: {} }, "wrong_type at nodes"],
    [{ cluster: "c", nodes: [{ ...node, states: "idle" }] }, "wrong_type at nodes[0].states"],
    [{ cluster: "c", nodes: [{ ...node, states: [null] }] }, "wrong_type at nodes[0].states[0]"],
    [{ cluster: "c", nodes: [{ ...node, states: ["idle", 5] }] }, "wrong_type at nodes[0].states[1]"],
    [{ cluster: "c", nodes: [{ ...node, state: "idle" }] }, "unknown_key at nodes[0].state"],
    [
      { cluster: "c", nodes: [{ ...node, cpusAllocated: 2 ** 31 }] },
      "out_of_range at nodes[0].cpusAllocated",
    ],
    [{ cluster: "c", nodes: [{ ...node, gpusAllocated: 0.5 }] }, "wrong_type at nodes[0].gpusAllocated"],
    [{ cluster: "c", nodes: [{ ...node, jobsRunning: "1" }] }, "wrong_type at nodes[0].jobsRunning"],
    [
      { cluster: "c", nodes: [{ ...node, memoryAllocated: 1e20 }] },
      "out_of_range at nodes[0].memoryAllocated",
    ],
    [{ cluster: "c", hosts: [] }, "unknown_key at hosts"],
    ["5", "wrong_type"],
  ])("is refused with the path: %j: %s", (payload, expected) => {
    expect(nodes(payload)).toBe(expected);
  });
});

describe("the states of a node resolve to one", () => {
  it.each([
    [[], "unknown"],
    [["drain"], "unknown"],
    [["allocated"], "allocated"],
    [["reserved"], "reserved"],
    [["idle"], "idle"],
    [["down"], "down"],
    [["mixed"], "mixed"],
    [["IDLE"], "idle"],
    [["Mixed", "DRAIN"], "mixed"],
    [["mixed", "down"], "down"],
    [["down", "idle"], "down"],
    [["idle", "mixed"], "idle"],
    [["idle", "reserved"], "reserved"],
    [["down", "reserved"], "reserved"],
    [["mixed", "idle", "down", "reserved", "allocated"], "allocated"],
    [["allocated", "down"], "allocated"],
    [["unknown"], "unknown"],
    [["allocated+"], "unknown"],
  ])("%j: %s", (states, expected) => {
    expect(resolveStates(states)).toBe(expected);
    expect(nodeConditions).toContain(expected);
  });
});
