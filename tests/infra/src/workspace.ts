import { globSync, readFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../../", import.meta.url));

export interface WorkspacePackage {
  readonly name: string;
  /** Such as `packages/protocol`. */
  readonly folder: string;
  /** Names of the workspace packages it needs to run. */
  readonly dependencies: readonly string[];
}

export function workspacePackages(): WorkspacePackage[] {
  const files = globSync("{{apps,packages,tests}/*,infra/grafana}/package.json", { cwd: root });
  return files.toSorted().map((file) => {
    const manifest = JSON.parse(readFileSync(`${root}${file}`, "utf8")) as {
      name: string;
      dependencies?: Record<string, string>;
    };
    const names = Object.keys(manifest.dependencies ?? {});
    return {
      name: manifest.name,
      folder: dirname(file),
      dependencies: names.filter((name) => name.startsWith("@cc-ingest/")),
    };
  });
}

/** TypeScript sources outside `dist` and `node_modules`, relative to the root. */
export function sources(folder: string): string[] {
  const files = globSync(`${folder}/**/*.{ts,mjs}`, {
    cwd: root,
    exclude: (name) => name.split("/").some((part) => part === "node_modules" || part === "dist"),
  });
  return files.map((file) => relative(root, `${root}${file}`));
}

export function read(file: string): string {
  return readFileSync(`${root}${file}`, "utf8");
}
