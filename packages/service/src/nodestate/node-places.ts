import type { ClusterDefinitions } from "@cc-ingest/config";
import type { NodePlace } from "@cc-ingest/database";

/** Where each node stands and what it has, by the cluster definitions; undefined without any. Pure. */
export function nodePlaces(
  definitions: ClusterDefinitions | undefined,
): ((cluster: string, hostname: string) => NodePlace) | undefined {
  if (definitions === undefined) return undefined;
  return (cluster, hostname) => {
    const subcluster = definitions.subclusterOf(cluster, hostname);
    const capacity = subcluster === undefined ? undefined : definitions.capacityOf(cluster, subcluster);
    return {
      subcluster: subcluster ?? "",
      cores: capacity?.cores,
      cpus: capacity?.hwthreads,
      memory: capacity?.memoryMb,
      gpus: capacity?.accelerators,
    };
  };
}
