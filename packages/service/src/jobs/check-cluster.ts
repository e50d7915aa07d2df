import type { ClusterDefinitions } from "@cc-ingest/config";
import type { MessageOutcome } from "@cc-ingest/protocol";
import type { Rejection } from "../decode-batch.js";

type Start = Extract<MessageOutcome, { kind: "start_job" }>;

/** A line of this service's kind. */
export type JobLine = Extract<MessageOutcome, { kind: "start_job" | "stop_job" }>;

/**
 * Holds an event against the cluster definitions: an unknown cluster is refused, and a start gets the subcluster of its first
 * host unless it names one that exists. Without definitions every cluster is taken as it comes. Pure.
 */
export function checkCluster(
  event: JobLine,
  definitions: ClusterDefinitions | undefined,
): JobLine | Rejection {
  if (definitions === undefined) return event;
  const cluster = event.kind === "start_job" ? event.job.cluster : event.stop.cluster;
  if (cluster !== undefined && !definitions.has(cluster))
    return refusal("unknown_cluster", `no definition of the cluster ${cluster} is loaded`);
  return event.kind === "start_job" ? assignSubcluster(event, definitions) : event;
}

function assignSubcluster(event: Start, definitions: ClusterDefinitions): Start | Rejection {
  const { cluster, subCluster, resources } = event.job;
  if (subCluster !== "") {
    return definitions.hasSubcluster(cluster, subCluster)
      ? event
      : refusal("unknown_subcluster", `cluster ${cluster} has no subcluster ${subCluster}`);
  }
  const host = resources[0]?.hostname ?? "";
  const assigned = definitions.subclusterOf(cluster, host);
  return assigned === undefined
    ? refusal("host_in_no_subcluster", `host ${host} is in no node list of cluster ${cluster}`)
    : { ...event, job: { ...event.job, subCluster: assigned } };
}

function refusal(reason: Rejection["reason"], message: string): Rejection {
  return { reason, message };
}
