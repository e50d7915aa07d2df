import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { cacheDirectory } from "../cache-directory.js";
import { messageOf } from "../errors.js";

const run = promisify(execFile);

export interface GoProgram {
  readonly name: string;
  /** The module, whose root is the program. */
  readonly module: string;
  readonly version: string;
  /** A package of it that can be imported, so that its requirements are those of the build. */
  readonly imported: string;
}

/**
 * A program from the Go module proxy, built once into this project's cache; Go checks it against its public checksum database.
 *
 * @throws when there is no Go, or no module proxy
 */
export async function buildGoProgram({ name, module, version, imported }: GoProgram): Promise<string> {
  const cached = join(cacheDirectory(process.env), `${name}-${version}`, name);
  if (await runs(cached)) return cached;
  const directory = await mkdtemp(join(tmpdir(), `cc-ingest-${name}-`));
  try {
    // As a module's requirement: "go install" would ask the proxy for more than the one version.
    await writeFile(join(directory, "go.mod"), `module build\n\nrequire ${module} v${version}\n`);
    await writeFile(join(directory, "build.go"), `package build\n\nimport _ "${imported}"\n`);
    const env = { ...process.env, GOFLAGS: "-mod=mod", GOWORK: "off", CGO_ENABLED: "0" };
    await run("go", ["build", "-o", name, module], { cwd: directory, env });
    await mkdir(dirname(cached), { recursive: true });
    await rename(join(directory, name), cached);
    return cached;
  } catch (error) {
    throw new Error(`${name} ${version} can't be built with Go: ${messageOf(error).split("\n")[0]}`, {
      cause: error,
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function runs(path: string): Promise<boolean> {
  return await run(path, ["--help"]).then(
    () => true,
    () => false,
  );
}
