import { getNodeValue, type Node } from "jsonc-parser";
import { integer } from "./basic-types.js";
import type { NodeCapacity } from "./cluster-definitions.js";
import { member } from "./json-member.js";
import type { Report } from "./problem.js";

const count = integer(0, 1_000_000);

/** The size of one node of a subcluster; undefined when cores or hardware threads are not told. */
export function readCapacity(
  subcluster: Node,
  memoryMb: number | undefined,
  path: string,
  report: Report,
): NodeCapacity | undefined {
  const [sockets, coresPerSocket, threadsPerCore] = [
    "socketsPerNode",
    "coresPerSocket",
    "threadsPerCore",
  ].map((key) => readCount(subcluster, key, path, report));
  const topology = member(subcluster, "topology");
  const topologyPath = `${path}.topology`;
  if (topology !== undefined && topology.type !== "object") {
    report(topologyPath, `must be an object { … }, but is of type ${topology.type}`);
    return undefined;
  }
  const [hwthreadList, coreList, accelerators] = ["node", "core", "accelerators"].map((key) =>
    readLength(topology, key, topologyPath, report),
  );
  // The three factors come first: in the long lists of the topology files in use have slips such as "50,5152,53".
  const cores = product(sockets, coresPerSocket) ?? coreList;
  const hwthreads = product(sockets, coresPerSocket, threadsPerCore) ?? hwthreadList;
  if (cores === undefined || hwthreads === undefined) return undefined;
  return { cores, hwthreads, memoryMb, accelerators: accelerators ?? 0 };
}

/** Zero is Go's way to leave a number out. */
const given = (value: number): number | undefined => (value === 0 ? undefined : value);

function readCount(parent: Node, key: string, path: string, report: Report): number | undefined {
  const node = member(parent, key);
  if (node === undefined) return undefined;
  const parsed = count.fromJson(getNodeValue(node));
  if (parsed.ok) return given(parsed.value);
  report(`${path}.${key}`, parsed.message);
  return undefined;
}

function readLength(parent: Node | undefined, key: string, path: string, report: Report): number | undefined {
  const node = member(parent, key);
  if (node === undefined) return undefined;
  if (node.type === "array") return given(node.children?.length ?? 0);
  report(`${path}.${key}`, `must be an array, but is of type ${node.type}`);
  return undefined;
}

function product(...factors: readonly (number | undefined)[]): number | undefined {
  let result = 1;
  for (const factor of factors) {
    if (factor === undefined) return undefined;
    result *= factor;
  }
  return result;
}
