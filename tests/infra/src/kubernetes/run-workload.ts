import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { recordOutput } from "@cc-ingest/devstack";
import type { Images } from "./image.js";
import { type KubernetesObject, type Volume, type Workload, filesOf, named, workloads } from "./objects.js";

/** A container as it is rendered, ready to run on this machine: its files in a directory, its addresses replaced. */
export interface LocalContainer {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Where a file of the container lies here. */
  readonly path: (inContainer: string) => string;
}

export interface Place {
  readonly directory: string;
  /** Such as `nats:4222` → `127.0.0.1:40123`. */
  readonly addresses: Readonly<Record<string, string>>;
}

export function workload(objects: readonly KubernetesObject[], name: string): Workload {
  const found = workloads(objects).find((each) => each.name === name);
  if (found === undefined) throw new Error(`nothing that makes pods is called ${name}`);
  return found;
}

/** Writes what the only container of a workload mounts. */
export function localContainer(
  objects: readonly KubernetesObject[],
  { name, pod }: Workload,
  { directory, addresses }: Place,
): LocalContainer {
  const [container] = pod.containers;
  if (container === undefined) throw new Error(`${name} has no container`);
  const path = (inContainer: string) => join(directory, name, inContainer);
  const here = (text: string) =>
    Object.entries(addresses).reduce((sum, [from, to]) => sum.replaceAll(from, to), text);
  const mounts = (container.volumeMounts ?? []).map(({ name: volume, mountPath }) => ({
    mountPath,
    files: filesOfVolume(objects, pod.volumes ?? [], volume),
  }));
  for (const { mountPath, files } of mounts)
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(path(join(mountPath, file))), { recursive: true });
      writeFileSync(path(join(mountPath, file)), here(text));
    }
  const moved = (value: string) =>
    here(mounts.some(({ mountPath }) => value.startsWith(mountPath)) ? path(value) : value);
  const env = (container.env ?? []).flatMap(({ name: variable, value }) =>
    value === undefined ? [] : [[variable, moved(value)] as const],
  );
  return { args: (container.args ?? []).map(moved), env: Object.fromEntries(env), path };
}

function filesOfVolume(
  objects: readonly KubernetesObject[],
  volumes: readonly Volume[],
  name: string,
): Record<string, string> {
  const volume = volumes.find((each) => each.name === name);
  const sources = volume?.projected?.sources ?? (volume === undefined ? [] : [volume]);
  const files = sources.map(({ configMap, secret }) => {
    if (configMap?.name !== undefined)
      return pick(filesOf(named(objects, "ConfigMap", configMap.name)), configMap);
    const secretName = secret?.secretName ?? secret?.name;
    return secretName === undefined ? {} : pick(filesOf(named(objects, "Secret", secretName)), secret ?? {});
  });
  return Object.assign({}, ...files) as Record<string, string>;
}

function pick(
  files: Readonly<Record<string, string>>,
  { items }: { readonly items?: readonly { readonly key: string; readonly path: string }[] },
): Record<string, string> {
  if (items === undefined) return { ...files };
  return Object.fromEntries(
    items.map(({ key, path }) => {
      const text = files[key];
      if (text === undefined) throw new Error(`there is no ${key} to mount as ${path}`);
      return [path, text];
    }),
  );
}

/** Runs a container of the image `cli` to its end. */
export async function runCli(
  { args, env }: Pick<LocalContainer, "args" | "env">,
  { node, folder, uid }: Images,
  more: readonly string[] = [],
): Promise<{ code: number; output: string }> {
  const options = {
    cwd: folder("cli"),
    env: { PATH: process.env["PATH"], ...env },
    ...(uid !== undefined && { uid, gid: uid }),
  };
  return await new Promise((resolve) => {
    execFile(node, ["dist/main.js", ...args, ...more], options, (error, stdout, stderr) => {
      recordOutput(`ccingest ${args[0]}`, env, stdout + stderr);
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}
