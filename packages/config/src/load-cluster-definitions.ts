import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { clusterDefinitions, type ClusterDefinitions, type ParsedCluster } from "./cluster-definitions.js";
import { oneLine, type Problem } from "./problem.js";
import { readCluster } from "./read-cluster.js";
import { fileFault, readDocument } from "./read-document.js";
import { quote } from "./setting-type.js";

export type ClusterDefinitionsResult =
  | { readonly ok: true; readonly definitions: ClusterDefinitions }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Reads one `cluster.json` of ClusterCockpit, or every `<cluster>/cluster.json` of a directory such as its job
 * archive, and reports every problem at once. Reads files; never throws for bad input.
 */
export function loadClusterDefinitions(path: string): ClusterDefinitionsResult {
  const problems: Problem[] = [];
  const clusters: ParsedCluster[] = [];
  const files = new Map<string, string>();
  for (const file of findFiles(path, problems)) {
    const read = readDocument(file, "");
    if (!read.ok) {
      problems.push(read.problem);
      continue;
    }
    const cluster = readCluster(read.document, problems);
    if (cluster === undefined) continue;
    const first = files.get(cluster.name);
    if (first === undefined) files.set(cluster.name, file);
    else
      problems.push({
        place: `${file}: name`,
        message: `${quote(cluster.name)} is already the name in ${first}; give each cluster its own`,
      });
    clusters.push(cluster);
  }
  if (problems.length > 0) return { ok: false, problems: problems.map(oneLine) };
  return { ok: true, definitions: clusterDefinitions(clusters) };
}

const mend = "give a cluster.json, or a directory that holds <cluster>/cluster.json";

function findFiles(path: string, problems: Problem[]): string[] {
  const refuse = (place: string, message: string): string[] => {
    problems.push({ place, message });
    return [];
  };
  const kind = kindOf(path);
  if (typeof kind !== "string") return refuse(path, `${kind.fault}; ${mend}`);
  if (kind === "file") return [path];
  if (kind === "absent") return refuse(path, `there is no such file or directory; ${mend}`);
  if (kind === "other") return refuse(path, `is neither a file nor a directory; ${mend}`);
  const own = join(path, "cluster.json");
  if (kindOf(own) === "file")
    return refuse(path, `is the directory of one cluster; give ${own} itself, or the directory above`);

  const names = subdirectories(path);
  if (!Array.isArray(names)) return refuse(path, names.fault);
  const places = names.map((name) => ({
    directory: join(path, name),
    file: join(path, name, "cluster.json"),
  }));
  const isThere = ({ file }: { file: string }) => kindOf(file) !== "absent";
  // An archive holds nothing but clusters; a directory without a single one is another directory.
  if (!places.some(isThere)) return refuse(path, `no directory in it holds a cluster.json; ${mend}`);
  return places.flatMap((place) =>
    isThere(place)
      ? [place.file]
      : refuse(
          place.directory,
          "holds no cluster.json; add the one of this cluster, or move the directory away",
        ),
  );
}

type Kind = "file" | "directory" | "other" | "absent" | { readonly fault: string };

function kindOf(path: string): Kind {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return "absent";
    return stat.isFile() ? "file" : stat.isDirectory() ? "directory" : "other";
  } catch (error) {
    return { fault: fileFault(error, path) };
  }
}

/** In the order of their names. Hidden ones are left out: Kubernetes mounts a ConfigMap with `..data` inside. */
function subdirectories(path: string): string[] | { readonly fault: string } {
  try {
    return readdirSync(path)
      .filter((name) => !name.startsWith(".") && kindOf(join(path, name)) === "directory")
      .toSorted();
  } catch (error) {
    return { fault: fileFault(error, path) };
  }
}
