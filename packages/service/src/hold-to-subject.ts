import { clusterReader } from "@cc-ingest/config";
import { type MessageOutcome, defaultLimits } from "@cc-ingest/protocol";
import type { Rejection } from "./decode-batch.js";

type ClusterLine = Extract<MessageOutcome, { kind: "start_job" | "stop_job" | "nodestate" }>;

/**
 * Who may publish to a subject is for the broker to say; that its lines concern no other cluster than the subject names is said here. A
 * stop that names no cluster is of the subject's: it would stop any cluster's job. `subscribed`: the subject of the configuration;
 * where it has no place for a cluster, or there is none, lines are taken as they are. Pure.
 */
export function holdToSubject(
  subscribed: string | undefined,
): <Line extends ClusterLine>(line: Line, subject: string) => Line | Rejection {
  const clusterOf = subscribed === undefined ? undefined : clusterReader(subscribed);
  if (clusterOf === undefined) return (line) => line;
  return (line, subject) => {
    const cluster = clusterOf(subject);
    // Such as a dead letter of another configuration, or what a wider consumer of an administrator lets through.
    if (cluster === undefined)
      return mismatch(`the subject ${subject} is none of ${subscribed}, so it speaks for no cluster`);
    const named = clusterNamedIn(line);
    if (named === cluster) return line;
    if (line.kind !== "stop_job" || named !== undefined)
      return mismatch(`the line names the cluster ${named}, its subject ${subject} the cluster ${cluster}`);
    return isName(cluster)
      ? { ...line, stop: { ...line.stop, cluster } }
      : mismatch(`the line names no cluster, and what its subject ${subject} names can't be one`);
  };
}

function clusterNamedIn(line: ClusterLine): string | undefined {
  if (line.kind === "start_job") return line.job.cluster;
  return line.kind === "stop_job" ? line.stop.cluster : line.nodes.cluster;
}

/** As payloads are held to: what the tables can't hold must not reach them. */
function isName(cluster: string): boolean {
  return !cluster.includes("\0") && Buffer.byteLength(cluster) <= defaultLimits.identifierBytes;
}

function mismatch(message: string): Rejection {
  return { reason: "cluster_mismatch", message };
}
