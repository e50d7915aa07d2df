import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { isRecommended } from "@cc-ingest/access";
import { cacheDirectory } from "../cache-directory.js";
import { DevstackError, messageOf } from "../errors.js";
import { findInPath } from "../find-in-path.js";
import { withLock } from "../with-lock.js";
import { debian } from "./from-debian.js";
import { github } from "./from-github.js";
import { go } from "./from-go.js";
import type { Source } from "./source.js";
import { natsServerVersion } from "./version.js";

export interface NatsServerBinary {
  readonly path: string;
  readonly version: string;
  readonly source: "environment" | "path" | "cache" | "github" | "go" | "debian";
}

export interface FindOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cacheDir?: string;
  readonly onProgress?: (message: string) => void;
}

const SOURCES: readonly Source[] = [github, go, debian];

/**
 * NATS_SERVER, PATH, this project's cache; else fetches one into the cache: the GitHub release, a build with Go,
 * the Debian package. Rejects with a DevstackError `nats_server_not_found` that tells why each of them failed.
 */
export async function findNatsServer(options: FindOptions = {}): Promise<NatsServerBinary> {
  const env = options.env ?? process.env;
  const onProgress = options.onProgress ?? reportOnStderr;
  const directory = join(options.cacheDir ?? cacheDirectory(env), "nats-server");
  return (
    (await fromEnvironment(env)) ??
    (await fromPath(env, onProgress)) ??
    (await fromCache(directory)) ??
    (await fetchIntoCache(directory, env, onProgress))
  );
}

async function fromEnvironment(env: NodeJS.ProcessEnv): Promise<NatsServerBinary | undefined> {
  const path = env["NATS_SERVER"];
  if (path === undefined || path === "") {
    return undefined;
  }
  const version = await natsServerVersion(path);
  if (version === undefined) {
    throw new DevstackError(
      "nats_server_not_found",
      `NATS_SERVER names ${path}, which is not a nats-server that runs here. Correct or unset it.`,
    );
  }
  return { path, version, source: "environment" };
}

async function fromPath(
  env: NodeJS.ProcessEnv,
  onProgress: (message: string) => void,
): Promise<NatsServerBinary | undefined> {
  const path = await findInPath("nats-server", env);
  const version = path === undefined ? undefined : await natsServerVersion(path);
  if (path === undefined || version === undefined) {
    return undefined;
  }
  if (!isRecommended(version)) {
    onProgress(
      `Warning: ${path} is version ${version}; 2.12.6 (of the 2.11 line: 2.11.15) or newer is recommended.`,
    );
  }
  return { path, version, source: "path" };
}

async function fromCache(directory: string): Promise<NatsServerBinary | undefined> {
  for (const { cacheName } of SOURCES) {
    const path = join(directory, cacheName, "nats-server");
    const version = await natsServerVersion(path);
    if (version !== undefined) {
      return { path, version, source: "cache" };
    }
  }
  return undefined;
}

async function fetchIntoCache(
  directory: string,
  env: NodeJS.ProcessEnv,
  onProgress: (message: string) => void,
): Promise<NatsServerBinary> {
  await mkdir(directory, { recursive: true });
  return withLock(
    join(directory, "lock"),
    () => onProgress("Waiting for another process that is fetching nats-server"),
    async () => {
      const reasons: string[] = [];
      const cached = await fromCache(directory);
      if (cached !== undefined) {
        return cached;
      }
      for (const source of SOURCES) {
        try {
          return await fetchFrom(source, directory, env, onProgress);
        } catch (error) {
          const reason = messageOf(error)
            .trim()
            .replaceAll(/\s*\n\s*/g, "; ");
          reasons.push(`${source.label}: ${reason}`);
          onProgress(`No nats-server from ${source.label}: ${reason}`);
        }
      }
      throw new DevstackError(
        "nats_server_not_found",
        `No nats-server found or fetched (${reasons.join(". ")}). Install nats-server 2.12.6 or newer, ` +
          `from https://nats.io/download or your distribution, into PATH, or name it in NATS_SERVER.`,
      );
    },
  );
}

async function fetchFrom(
  source: Source,
  directory: string,
  env: NodeJS.ProcessEnv,
  onProgress: (message: string) => void,
): Promise<NatsServerBinary> {
  const fresh = await mkdtemp(join(directory, "new-"));
  try {
    await source.fetch({ env, platform: process.platform, arch: process.arch, directory: fresh, onProgress });
    const version = await natsServerVersion(join(fresh, "nats-server"));
    if (version === undefined) {
      throw new Error("what came does not run on this machine");
    }
    const home = join(directory, source.cacheName);
    await rm(home, { recursive: true, force: true });
    await rename(fresh, home);
    onProgress(`nats-server ${version} is ready in ${home}`);
    return { path: join(home, "nats-server"), version, source: source.name };
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

function reportOnStderr(message: string): void {
  process.stderr.write(`${message}\n`);
}
