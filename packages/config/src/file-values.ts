import { getNodeValue, type Node } from "jsonc-parser";
import { didYouMean } from "./did-you-mean.js";
import { foreignKeys } from "./foreign-keys.js";
import { keyTree, type KeyTree } from "./key-tree.js";
import type { Problem } from "./problem.js";
import { readDocument, type Document } from "./read-document.js";

/** What the configuration file says, by dotted key, with every misspelt key found on the way. */
export interface FileValues {
  readonly values: ReadonlyMap<string, { readonly place: string; readonly value: unknown }>;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

interface Entry {
  readonly key: string;
  readonly node: Node;
}

function entriesOf(node: Node): Entry[] {
  return (node.children ?? []).flatMap(({ children }) => {
    const [key, value] = children ?? [];
    return key === undefined || value === undefined ? [] : [{ key: String(getNodeValue(key)), node: value }];
  });
}

/** Collects the values of our settings. `directory` is where relative paths of section files start. */
export function collectFileValues(document: Document, directory: string): FileValues {
  const collector = new Collector(directory);
  collector.object(document.root, keyTree, document.label);
  return collector;
}

class Collector implements FileValues {
  readonly values = new Map<string, { place: string; value: unknown }>();
  readonly problems: Problem[] = [];
  readonly warnings: Problem[] = [];
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  object(node: Node, level: KeyTree, label: string): void {
    const entries = entriesOf(node);
    const present = new Set(entries.map(({ key }) => key));
    const seen = new Set<string>();
    for (const { key, node: value } of entries) {
      const child = level.children.get(key);
      const section = level.path === "" ? /^([a-z]+)-file$/.exec(key)?.[1] : undefined;
      const sectionLevel = section === undefined ? undefined : level.children.get(section);
      const place = `${label}: ${child?.path ?? (level.path === "" ? key : `${level.path}.${key}`)}`;
      if (child !== undefined) {
        if (seen.has(key)) this.warnings.push({ place, message: "stands twice; the last one counts" });
        seen.add(key);
        this.#entry(value, child, place, label);
      } else if (sectionLevel !== undefined) {
        if (present.has(sectionLevel.path))
          this.problems.push({ place, message: `give either "${key}" or "${sectionLevel.path}", not both` });
        else this.#sectionFile(value, sectionLevel, place);
      } else {
        this.#unknown(key, level, place, present);
      }
    }
  }

  #entry(node: Node, level: KeyTree, place: string, label: string): void {
    // null means "not given", as Go's decoder has it.
    if (node.type === "null") this.values.delete(level.path);
    else if (level.children.size === 0)
      this.values.set(level.path, { place, value: getNodeValue(node) as unknown });
    else if (node.type === "object") this.object(node, level, label);
    else this.problems.push({ place, message: `must be an object { … }, but is of type ${node.type}` });
  }

  /** A section may stand in a file of its own, named by `"<section>-file"`, as everywhere in ClusterCockpit. */
  #sectionFile(node: Node, level: KeyTree, place: string): void {
    const path: unknown = getNodeValue(node);
    if (typeof path !== "string") {
      this.problems.push({ place, message: "must be the path of a JSON file" });
      return;
    }
    const result = readDocument(path, this.#directory);
    if (result.ok) this.object(result.document.root, level, path);
    else this.problems.push({ place, message: `${result.problem.place} ${result.problem.message}` });
  }

  #unknown(key: string, level: KeyTree, place: string, present: ReadonlySet<string>): void {
    if (foreignKeys.get(level.path)?.has(key)) return;
    const home = homeOf(key, level);
    if (home !== undefined) {
      this.problems.push({ place, message: `stands in the wrong section; move it to "${home}"` });
      return;
    }
    const ours = [...level.children.keys()];
    const meant = didYouMean(key, [...ours, ...(foreignKeys.get(level.path) ?? [])]);
    if (!level.shared) {
      const mend = meant === undefined ? `known keys here: ${ours.join(", ")}` : `did you mean "${meant}"?`;
      this.problems.push({ place, message: `unknown key; ${mend}` });
    } else if (meant !== undefined && level.children.has(meant)) {
      // With the right key there as well, the odd one may be another component's.
      const kind = present.has(meant) ? this.warnings : this.problems;
      kind.push({ place, message: `unknown key; did you mean "${meant}"?` });
    }
  }
}

/** The section a key belongs to when it is one of ours and its name alone tells where. */
function homeOf(key: string, here: KeyTree): string | undefined {
  const homes = [...levels(keyTree)].filter((level) => level !== here && level.children.has(key));
  const [home, ...others] = homes;
  return home === undefined || others.length > 0 || !key.includes("-") || home.path === ""
    ? undefined
    : home.path;
}

function* levels(level: KeyTree): Generator<KeyTree> {
  yield level;
  for (const child of level.children.values()) yield* levels(child);
}
