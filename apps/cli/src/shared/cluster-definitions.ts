import {
  type ClusterDefinitions,
  type Config,
  formatProblems,
  loadClusterDefinitions,
} from "@cc-ingest/config";
import { mistake } from "./cli-error.js";

/** Undefined when none are configured. */
export function clusterDefinitions({ ingest }: Config): ClusterDefinitions | undefined {
  if (ingest.clusterDefinitions === undefined) return undefined;
  const loaded = loadClusterDefinitions(ingest.clusterDefinitions);
  if (!loaded.ok) throw mistake(formatProblems(loaded.problems));
  return loaded.definitions;
}
