import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { parseAllDocuments } from "yaml";
import { root } from "../workspace.js";
import { kustomize } from "./kustomize.js";
import type { KubernetesObject } from "./objects.js";

const kubernetes = join(root, "infra/kubernetes");

/** What is applied: each overlay, and the base with each component alone, so that none needs another. */
export interface Rendering {
  readonly name: string;
  readonly objects: readonly KubernetesObject[];
}

export async function renderAll(): Promise<Rendering[]> {
  const renderings: Rendering[] = [];
  for (const overlay of await readdir(join(kubernetes, "overlays")))
    renderings.push({ name: overlay, objects: await renderOverlay(overlay) });
  for (const component of await readdir(join(kubernetes, "components")))
    renderings.push({ name: `base + ${component}`, objects: await renderBaseWith(component) });
  return renderings;
}

export async function renderOverlay(name: string): Promise<KubernetesObject[]> {
  return parse(await kustomize(join(kubernetes, "overlays", name)));
}

export async function renderBaseWith(...components: readonly string[]): Promise<KubernetesObject[]> {
  const folder = await mkdtemp(join(tmpdir(), "cc-ingest-kustomize-"));
  try {
    const path = (...parts: readonly string[]) => relative(folder, join(kubernetes, ...parts));
    const kustomization = {
      kind: "Kustomization",
      namespace: "cc-ingest",
      resources: [path("base")],
      components: components.map((component) => path("components", component)),
    };
    await writeFile(join(folder, "kustomization.yaml"), JSON.stringify(kustomization));
    return parse(await kustomize(folder));
  } finally {
    await rm(folder, { recursive: true });
  }
}

function parse(text: string): KubernetesObject[] {
  return [...parseAllDocuments(text)].map((document) => {
    if (document.errors.length > 0) throw document.errors[0] ?? new Error("no YAML");
    return document.toJS() as KubernetesObject;
  });
}
