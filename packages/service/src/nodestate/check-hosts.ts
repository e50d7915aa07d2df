import type { ClusterDefinitions } from "@cc-ingest/config";
import type { MessageOutcome } from "@cc-ingest/protocol";
import type { Rejection } from "../decode-batch.js";

/** A line of this service's kind, or what is left of it. */
export type NodestateLine = Extract<MessageOutcome, { kind: "nodestate" }> & {
  readonly refused?: Rejection | undefined;
};

/**
 * Holds the nodes of a line against the cluster definitions. Those in no node list are refused; the others of the line are stored.
 * Without definitions, or with `accept`, every node is taken. Pure.
 */
export function checkHosts(
  line: NodestateLine,
  definitions: ClusterDefinitions | undefined,
  unknownHosts: "reject" | "accept",
): NodestateLine | Rejection {
  if (definitions === undefined || unknownHosts === "accept") return line;
  const { cluster, nodes } = line.nodes;
  if (!definitions.has(cluster))
    return { reason: "unknown_cluster", message: `no definition of the cluster ${cluster} is loaded` };
  const isListed = ({ hostname }: { hostname: string }): boolean =>
    definitions.subclusterOf(cluster, hostname) !== undefined;
  const [first, ...others] = nodes.filter((node) => !isListed(node));
  if (first === undefined) return line;
  const more = others.length === 0 ? "" : ` (and ${others.length} more of this line)`;
  const refused: Rejection = {
    reason: "host_in_no_subcluster",
    message: `host ${first.hostname}${more} is in no node list of cluster ${cluster}`,
  };
  const listed = nodes.filter(isListed);
  return listed.length === 0 ? refused : { ...line, nodes: { cluster, nodes: listed }, refused };
}
