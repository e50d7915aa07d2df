import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { cacheDirectory } from "@cc-ingest/devstack";
import { unzipSync } from "fflate";

/** A file of a Go module, told by its content. */
export interface GoModuleFile {
  readonly module: string;
  readonly version: string;
  readonly path: string;
  readonly sha256: string;
}

/** From this project's cache, or from the module proxy into it. */
export async function readGoModuleFile(file: GoModuleFile): Promise<string> {
  const cached = join(cacheDirectory(process.env), "go-module-files", file.sha256);
  const known = await readFile(cached).catch(() => undefined);
  if (known !== undefined && sha256(known) === file.sha256) return known.toString();
  const fresh = await fetchFile(file);
  if (sha256(fresh) !== file.sha256)
    throw new Error(`${file.path} of ${file.module} ${file.version} has the checksum ${sha256(fresh)}`);
  await mkdir(dirname(cached), { recursive: true });
  await writeFile(`${cached}.${process.pid}`, fresh);
  await rename(`${cached}.${process.pid}`, cached);
  return fresh.toString();
}

async function fetchFile({ module, version, path }: GoModuleFile): Promise<Buffer> {
  const response = await fetch(`${await proxy()}/${module}/@v/v${version}.zip`);
  if (!response.ok) throw new Error(`${module} ${version}: HTTP status ${response.status}`);
  const name = `${module}@v${version}/${path}`;
  const entries = unzipSync(new Uint8Array(await response.arrayBuffer()), {
    filter: (entry) => entry.name === name,
  });
  const content = entries[name];
  if (content === undefined) throw new Error(`${module} ${version} has no ${path}`);
  return Buffer.from(content);
}

async function proxy(): Promise<string> {
  const list = await promisify(execFile)("go", ["env", "GOPROXY"]).then(
    ({ stdout }) => stdout,
    () => process.env["GOPROXY"] ?? "",
  );
  const url = list.split(/[,|\s]/).find((each) => /^https?:/.test(each));
  if (url === undefined)
    throw new Error("the Kubernetes schemas come from a Go module proxy: put Go into PATH, or set GOPROXY");
  return url;
}

function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
