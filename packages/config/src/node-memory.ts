import { getNodeValue, type Node } from "jsonc-parser";
import { member } from "./json-member.js";

/** Megabytes per unit, by ClusterCockpit's unit prefixes. */
const megabytes: Readonly<Record<string, number>> = { "": 1e-6, K: 1e-3, M: 1, G: 1e3, T: 1e6, P: 1e9 };

/**
 * The memory of a subcluster's nodes, in megabytes: the peak of the metric `mem_used`, the only place where ClusterCockpit's
 * `cluster.json` tells it. The metric's own entry for the subcluster comes first. Undefined when neither tells.
 */
export function memoryOf(cluster: Node, subcluster: string): number | undefined {
  const metric = items(member(cluster, "metricConfig")).find((each) => text(each, "name") === "mem_used");
  const own = items(member(metric, "subClusters")).find((each) => text(each, "name") === subcluster);
  const peak = number(own, "peak") ?? number(metric, "peak");
  const unit = member(metric, "unit");
  const factor = text(unit, "base") === "B" ? megabytes[text(unit, "prefix") ?? ""] : undefined;
  if (peak === undefined || factor === undefined) return undefined;
  const memory = Math.round(peak * factor);
  return memory > 0 && memory <= Number.MAX_SAFE_INTEGER ? memory : undefined;
}

const items = (node: Node | undefined): readonly Node[] =>
  node?.type === "array" ? (node.children ?? []).filter(({ type }) => type === "object") : [];

const value = (parent: Node | undefined, key: string): unknown => {
  const node = member(parent, key);
  return node === undefined ? undefined : getNodeValue(node);
};

function text(parent: Node | undefined, key: string): string | undefined {
  const found = value(parent, key);
  return typeof found === "string" ? found : undefined;
}

function number(parent: Node | undefined, key: string): number | undefined {
  const found = value(parent, key);
  return typeof found === "number" ? found : undefined;
}
