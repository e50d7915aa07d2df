import { join } from "node:path";
import type { ClusterDefinitions } from "../cluster-definitions.js";
import { loadClusterDefinitions } from "../load-cluster-definitions.js";
import { formatProblems } from "../problem.js";
import { directoryWith } from "./load.js";

/** A subcluster with all that must be given, so that a test is about one thing. */
export const main = { name: "main", nodes: "n[01-10]" };
export const cluster = (name: string, ...subClusters: unknown[]) => ({ name, subClusters });

export function definitionsAt(path: string): ClusterDefinitions {
  const result = loadClusterDefinitions(path);
  if (!result.ok) throw new Error(formatProblems(result.problems));
  return result.definitions;
}

export const definitionsIn = (file: unknown): ClusterDefinitions =>
  definitionsAt(join(directoryWith({ "cluster.json": file }), "cluster.json"));

/** One line per problem, with `DIR` for the directory. */
export function problemsAt(directory: string, name = ""): string[] {
  const result = loadClusterDefinitions(join(directory, name));
  return result.ok ? [] : formatProblems(result.problems).replaceAll(directory, "DIR").split("\n");
}
