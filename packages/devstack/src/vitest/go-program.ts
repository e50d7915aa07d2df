import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheDirectory } from "../cache-directory.js";
import { messageOf } from "../errors.js";
import { withLock } from "../with-lock.js";

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
export async function buildGoProgram(program: GoProgram): Promise<string> {
  const { name, version } = program;
  const home = join(cacheDirectory(process.env), `${name}-${version}`);
  const path = join(home, name);
  if (await runs(path)) return path;
  await mkdir(home, { recursive: true });
  const waiting = (): void =>
    void process.stderr.write(`Waiting for another process that is building ${name}\n`);
  await withLock(join(home, "lock"), waiting, async () => {
    if (!(await runs(path))) await build(program, path);
  });
  return path;
}

async function build({ name, module, version, imported }: GoProgram, path: string): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), `cc-ingest-${name}-`));
  try {
    // As a module's requirement: "go install" would ask the proxy for more than the one version.
    await writeFile(join(directory, "go.mod"), `module build\n\nrequire ${module} v${version}\n`);
    await writeFile(join(directory, "build.go"), `package build\n\nimport _ "${imported}"\n`);
    const env = { ...process.env, GOFLAGS: "-mod=mod", GOWORK: "off", CGO_ENABLED: "0" };
    await run("go", ["build", "-o", path, module], { cwd: directory, env });
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
