import type { JsonReader } from "../json/json-reader.js";
import { keyTable } from "../json/key-table.js";
import { sharedName, sharedStates } from "./node-names.js";
import { readList, readText } from "./read-parts.js";
import { type NodeCondition, resolveStates } from "./states.js";

/** One node at the time of the event. */
export interface NodeState {
  readonly hostname: string;
  /** As sent: operators look for `drain` and the like. */
  readonly states: readonly string[];
  /** The one state they resolve to. */
  readonly state: NodeCondition;
  readonly cpusAllocated: number;
  /** Megabytes. */
  readonly memoryAllocated: bigint;
  readonly gpusAllocated: number;
  readonly jobsRunning: number;
}

export interface NodeStates {
  readonly cluster: string;
  readonly nodes: readonly NodeState[];
}

export const nodeStatesKeys = keyTable("cluster", "nodes");
export const nodeStateKeys = keyTable(
  "hostname",
  "states",
  "cpusAllocated",
  "memoryAllocated",
  "gpusAllocated",
  "jobsRunning",
);

/** Reads and checks a nodestate payload; what it returns counts only when `json.fault` is undefined afterwards. */
export function readNodeStates(json: JsonReader): NodeStates {
  let cluster = "";
  let nodes: readonly NodeState[] = [];
  for (let key = json.firstKey(nodeStatesKeys); key !== undefined; key = json.nextKey(nodeStatesKeys)) {
    switch (key) {
      case "cluster":
        cluster = json.text(cluster, json.limits.identifierBytes);
        break;
      case "nodes":
        nodes = readList(json, readNodeState);
        break;
    }
  }
  json.require(cluster !== "", "cluster");
  return { cluster, nodes };
}

function readNodeState(json: JsonReader): NodeState {
  let hostname = "";
  let states: readonly string[] = [];
  let cpusAllocated = 0;
  let memoryAllocated = 0n;
  let gpusAllocated = 0;
  let jobsRunning = 0;
  for (let key = json.firstKey(nodeStateKeys); key !== undefined; key = json.nextKey(nodeStateKeys)) {
    switch (key) {
      case "hostname":
        hostname = sharedName(json.text(hostname, json.limits.identifierBytes));
        break;
      case "states":
        states = sharedStates(readList(json, readText));
        break;
      case "cpusAllocated":
        cpusAllocated = json.int32(cpusAllocated);
        break;
      case "memoryAllocated":
        memoryAllocated = json.int64(memoryAllocated);
        break;
      case "gpusAllocated":
        gpusAllocated = json.int32(gpusAllocated);
        break;
      case "jobsRunning":
        jobsRunning = json.int32(jobsRunning);
        break;
    }
  }
  json.require(hostname !== "", "hostname");
  return {
    hostname,
    states,
    state: resolveStates(states),
    cpusAllocated,
    memoryAllocated,
    gpusAllocated,
    jobsRunning,
  };
}
