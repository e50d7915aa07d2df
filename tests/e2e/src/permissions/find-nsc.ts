import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { cacheDirectory } from "@cc-ingest/devstack";

const run = promisify(execFile);

const MODULE = "github.com/nats-io/nsc/v2";
const VERSION = "2.12.2";

/** The one in PATH, or in this project's cache, or built with Go; undefined where there is no Go or no module proxy. */
export async function findNsc(): Promise<string | undefined> {
  const cached = join(cacheDirectory(process.env), `nsc-${VERSION}`, "nsc");
  for (const path of ["nsc", cached]) if (await runs(path)) return path;
  const directory = await mkdtemp(join(tmpdir(), "cc-ingest-nsc-"));
  try {
    // As a module's requirement: "go install" would ask the proxy for more than the one version.
    await writeFile(join(directory, "go.mod"), `module build\n\nrequire ${MODULE} v${VERSION}\n`);
    await writeFile(join(directory, "build.go"), `package build\n\nimport _ "${MODULE}/cmd"\n`);
    const env = { ...process.env, GOFLAGS: "-mod=mod", GOWORK: "off", CGO_ENABLED: "0" };
    await run("go", ["build", "-o", "nsc", MODULE], { cwd: directory, env });
    await mkdir(dirname(cached), { recursive: true });
    await rename(join(directory, "nsc"), cached);
    return cached;
  } catch {
    return undefined;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function runs(path: string): Promise<boolean> {
  return await run(path, ["--version"]).then(
    () => true,
    () => false,
  );
}
