import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheDirectory } from "../cache-directory.js";
import { type DebianPackage, fetchDebianFiles } from "../debian/fetch-files.js";
import { DevstackError, messageOf } from "../errors.js";
import { findInPath } from "../find-in-path.js";
import { withLock } from "../with-lock.js";

const run = promisify(execFile);

export interface PrometheusBinaries {
  readonly prometheus: string;
  /** The tool that checks and tests rules; of the same version. */
  readonly promtool: string;
  readonly version: string;
}

export interface FindPrometheusOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cacheDir?: string;
  readonly onProgress?: (message: string) => void;
}

/** Debian 12's package, which has both programs. */
const OF_DEBIAN_12 = {
  file: "p/prometheus/prometheus_2.42.0+ds-5+deb12u1",
  sha256: {
    amd64: "81d59a24fce84f7fbe97a45a4f2914b6a5881b5cd1db2a6a0e129e515e1a5f55",
    arm64: "ca131aa102390083398afbc80be9c8dd1dda78f9f92154fc00df8f7f1f4556e9",
  },
};

/** Debian 13's and 12's; they run wherever glibc is 2.34 or newer. */
const PACKAGES: readonly (DebianPackage & { readonly program: string })[] = [
  {
    program: "usr/bin/prometheus",
    names: ["prometheus"],
    pinned: [
      {
        file: "p/prometheus/prometheus_2.53.3+ds1-2",
        sha256: {
          amd64: "58c3e6a86c56cb3bfd71032fa48d65945d526441a212f5815dfe5ed9cb787ecc",
          arm64: "59b459dee0ceef9c645a98166ea00f0d10946391a5d486505360e2d21cd1ddec",
        },
      },
      OF_DEBIAN_12,
    ],
  },
  {
    program: "usr/bin/promtool",
    names: ["promtool", "prometheus"],
    pinned: [
      {
        file: "p/prometheus/promtool_2.53.3+ds1-2",
        sha256: {
          amd64: "ff27654eacc95abd846d344e91fe4ba3b4f0588a50d606ed1d2f09ad3408722f",
          arm64: "cc1d5889b4d2e2ef92a6984039d88c11993ad3c73f5e74acd3ee15adaefb764c",
        },
      },
      OF_DEBIAN_12,
    ],
  },
];

/** Those in PATH, else those in this project's cache, else Debian's, fetched into it. */
export async function findPrometheus(options: FindPrometheusOptions = {}): Promise<PrometheusBinaries> {
  const env = options.env ?? process.env;
  const onProgress = options.onProgress ?? ((message) => process.stderr.write(`${message}\n`));
  const directory = join(options.cacheDir ?? cacheDirectory(env), "prometheus");
  const cached = join(directory, "debian");
  const found = (await fromPath(env)) ?? (await inDirectory(cached));
  if (found !== undefined) return found;
  await mkdir(directory, { recursive: true });
  return withLock(
    join(directory, "lock"),
    () => onProgress("Waiting for another process that is fetching Prometheus"),
    async () => (await inDirectory(cached)) ?? (await fetchInto(cached, env, onProgress)),
  );
}

async function fetchInto(
  home: string,
  env: NodeJS.ProcessEnv,
  onProgress: (message: string) => void,
): Promise<PrometheusBinaries> {
  const fresh = await mkdtemp(`${home}-`);
  try {
    const { platform, arch } = process;
    const context = { env, platform, arch, directory: fresh, onProgress };
    for (const { program, ...debianPackage } of PACKAGES) {
      await fetchDebianFiles(debianPackage, [program], context);
    }
    if ((await inDirectory(fresh)) === undefined) throw new Error("what came does not run on this machine");
    await rm(home, { recursive: true, force: true });
    await rename(fresh, home);
  } catch (error) {
    throw new DevstackError(
      "prometheus_not_found",
      `No Prometheus found or fetched (Debian: ${messageOf(error)}). Install prometheus and promtool, ` +
        `from https://prometheus.io/download or your distribution, into PATH.`,
      { cause: error },
    );
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  const found = await inDirectory(home);
  if (found === undefined) throw new Error(`${home} has vanished`);
  onProgress(`Prometheus ${found.version} is ready in ${home}`);
  return found;
}

async function fromPath(env: NodeJS.ProcessEnv): Promise<PrometheusBinaries | undefined> {
  const prometheus = await findInPath("prometheus", env);
  const promtool = await findInPath("promtool", env);
  return prometheus === undefined || promtool === undefined ? undefined : versioned(prometheus, promtool);
}

const inDirectory = (directory: string): Promise<PrometheusBinaries | undefined> =>
  versioned(join(directory, "prometheus"), join(directory, "promtool"));

/** undefined when one of them does not run here. */
async function versioned(prometheus: string, promtool: string): Promise<PrometheusBinaries | undefined> {
  try {
    const version = await versionOf(prometheus);
    await versionOf(promtool);
    return { prometheus, promtool, version };
  } catch {
    return undefined;
  }
}

async function versionOf(path: string): Promise<string> {
  const { stdout, stderr } = await run(path, ["--version"], { timeout: 20_000 });
  const version = /, version (\d+\.\d+\.\d+\S*)/.exec(stdout + stderr)?.[1];
  if (version === undefined) throw new Error(`${path} does not tell its version`);
  return version;
}
