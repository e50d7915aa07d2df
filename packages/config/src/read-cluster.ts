import { getNodeValue, type Node } from "jsonc-parser";
import type { ParsedCluster } from "./cluster-definitions.js";
import { member } from "./json-member.js";
import { readCapacity } from "./node-capacity.js";
import { parseNodeList, type NodeList } from "./node-list.js";
import { memoryOf } from "./node-memory.js";
import type { Problem, Report } from "./problem.js";
import type { Document } from "./read-document.js";
import { quote } from "./setting-type.js";

type ParsedSubcluster = ParsedCluster["subclusters"][number];

/** Reads what is needed of a `cluster.json`; undefined when there were problems. Other keys are left alone. */
export function readCluster({ root, label }: Document, problems: Problem[]): ParsedCluster | undefined {
  let sound = true;
  const report: Report = (path, message) => {
    sound = false;
    problems.push({ place: `${label}: ${path}`, message });
  };
  const name = readText(
    root,
    "name",
    "",
    'write the cluster\'s name as jobs state it, as in "name": "fritz"',
    report,
  );
  const subclusters = readSubclusters(root, report);
  return sound && name !== undefined ? { name, subclusters } : undefined;
}

function readSubclusters(root: Node, report: Report): ParsedSubcluster[] {
  const mend = 'list them, as in "subClusters": [{ "name": "main", "nodes": "n[001-100]" }]';
  const node = member(root, "subClusters");
  if (node?.type !== "array" || node.children === undefined || node.children.length === 0) {
    const state =
      node === undefined
        ? "is missing"
        : node.type === "array"
          ? "is empty"
          : `must be an array, but is of type ${node.type}`;
    report("subClusters", `${state}; ${mend}`);
    return [];
  }
  const places = new Map<string, string>();
  return node.children.flatMap((child, index) => {
    const path = `subClusters[${index}]`;
    if (child.type !== "object") {
      report(path, `must be an object { … }, but is of type ${child.type}`);
      return [];
    }
    const name = readText(child, "name", path, 'name the subcluster, as in "name": "main"', report);
    const first = name === undefined ? undefined : places.get(name);
    if (first !== undefined)
      report(`${path}.name`, `${quote(name)} is taken by ${first}; give each its own name`);
    else if (name !== undefined) places.set(name, path);
    const nodes = readNodes(child, path, report);
    const memoryMb = name === undefined ? undefined : memoryOf(root, name);
    const capacity = readCapacity(child, memoryMb, path, report);
    return name === undefined || nodes === undefined ? [] : [{ name, capacity, ...nodes }];
  });
}

const shownFaults = 10;

function readNodes(
  subcluster: Node,
  path: string,
  report: Report,
): { nodes: string; list: NodeList } | undefined {
  const nodes = readText(
    subcluster,
    "nodes",
    path,
    'list the hosts, as in "nodes": "n[001-100]", or write "*" for every host',
    report,
  );
  if (nodes === undefined) return undefined;
  const parsed = parseNodeList(nodes);
  if (parsed.ok) return { nodes, list: parsed.list };
  for (const { column, message } of parsed.faults.slice(0, shownFaults))
    report(`${path}.nodes`, `at character ${column}: ${message}`);
  const more = parsed.faults.length - shownFaults;
  if (more > 0) report(`${path}.nodes`, `${more} more terms are wrong; mend the first ones and look again`);
  return undefined;
}

function readText(parent: Node, key: string, path: string, mend: string, report: Report): string | undefined {
  const place = path === "" ? key : `${path}.${key}`;
  const node = member(parent, key);
  if (node === undefined) report(place, `is missing; ${mend}`);
  else if (node.type !== "string") report(place, `must be a string, but is of type ${node.type}; ${mend}`);
  else {
    const text = String(getNodeValue(node));
    if (text !== "") return text;
    report(place, `is empty; ${mend}`);
  }
  return undefined;
}
