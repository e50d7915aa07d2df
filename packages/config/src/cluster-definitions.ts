import { boundedCache } from "./bounded-cache.js";
import { compileNodeList } from "./node-list-matcher.js";
import type { NodeList } from "./node-list.js";

/** What one node of a subcluster has. */
export interface NodeCapacity {
  readonly cores: number;
  readonly hwthreads: number;
  /** Megabytes, from the peak of the metric `mem_used`; undefined where that is not told. */
  readonly memoryMb: number | undefined;
  readonly accelerators: number;
}

export interface SubclusterDefinition {
  readonly name: string;
  /** The node list as written. */
  readonly nodes: string;
  /** Undefined when the file does not tell the number of cores and hardware threads. */
  readonly capacity: NodeCapacity | undefined;
}

export interface ClusterDefinition {
  readonly name: string;
  readonly subclusters: readonly SubclusterDefinition[];
}

export interface ClusterDefinitions {
  /** In file order; the files of a directory in the order of its names. */
  readonly clusters: readonly ClusterDefinition[];
  has(cluster: string): boolean;
  hasSubcluster(cluster: string, subcluster: string): boolean;
  /**
   * The first subcluster in file order whose node list holds the host; one with `*` comes after those that name
   * their hosts, as in cc-backend. Undefined when none does.
   */
  subclusterOf(cluster: string, hostname: string): string | undefined;
  /** What each node of a subcluster has; undefined when the file does not tell. */
  capacityOf(cluster: string, subcluster: string): NodeCapacity | undefined;
}

/** A cluster as read from its file, with the node lists parsed. */
export interface ParsedCluster {
  readonly name: string;
  readonly subclusters: readonly (SubclusterDefinition & { readonly list: NodeList })[];
}

/** More than the largest clusters have hosts: their events all come from here. */
const cachedHosts = 32_768;
/** DNS allows no longer name; what is longer is not worth the memory. */
const longestHostname = 253;

export function clusterDefinitions(parsed: readonly ParsedCluster[]): ClusterDefinitions {
  const clusters = parsed.map(({ name, subclusters }) => ({
    name,
    subclusters: subclusters.map((each) => ({ name: each.name, nodes: each.nodes, capacity: each.capacity })),
  }));
  const lookups = new Map(parsed.map((cluster) => [cluster.name, subclusterLookup(cluster)]));
  const byName = new Map(
    clusters.map(({ name, subclusters }) => [
      name,
      new Map(subclusters.map((subcluster) => [subcluster.name, subcluster])),
    ]),
  );
  return {
    clusters,
    has: (cluster) => byName.has(cluster),
    hasSubcluster: (cluster, subcluster) => byName.get(cluster)?.has(subcluster) ?? false,
    subclusterOf: (cluster, hostname) => lookups.get(cluster)?.(hostname),
    capacityOf: (cluster, subcluster) => byName.get(cluster)?.get(subcluster)?.capacity,
  };
}

function subclusterLookup({ subclusters }: ParsedCluster): (hostname: string) => string | undefined {
  const every = ({ list }: { list: NodeList }) => list === "every";
  const candidates = [...subclusters.filter((each) => !every(each)), ...subclusters.filter(every)].map(
    ({ name, list }) => ({ name, holds: compileNodeList(list) }),
  );
  const find = (hostname: string) => candidates.find(({ holds }) => holds(hostname))?.name;
  const cached = boundedCache(find, cachedHosts);
  return (hostname) => (hostname.length > longestHostname ? find(hostname) : cached(hostname));
}
