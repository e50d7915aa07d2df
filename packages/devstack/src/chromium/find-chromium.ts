import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheDirectory } from "../cache-directory.js";
import { DevstackError, messageOf } from "../errors.js";
import { findInPath } from "../find-in-path.js";
import { withLock } from "../with-lock.js";
import { chromiumIn, fetchFromApt } from "./from-apt.js";

/** A browser, and what it needs in its environment. */
export interface Chromium {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface FindChromiumOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly onProgress?: (message: string) => void;
}

const run = promisify(execFile);
const NAMES = ["chromium", "chromium-browser", "google-chrome", "chromium-headless-shell"];

/**
 * CHROMIUM, PATH, this project's cache; else Debian's package with the libraries that this machine lacks, unpacked into the cache.
 *
 * @throws DevstackError `chromium_not_found`, which tells why
 */
export async function findChromium(options: FindChromiumOptions = {}): Promise<Chromium> {
  const env = options.env ?? process.env;
  const onProgress = options.onProgress ?? ((message) => process.stderr.write(`${message}\n`));
  const directory = join(cacheDirectory(env), "chromium");
  return (
    (await fromEnvironment(env)) ??
    (await fromPath(env)) ??
    (await fromCache(directory)) ??
    (await fetchIntoCache(directory, env, onProgress))
  );
}

async function fromEnvironment(env: NodeJS.ProcessEnv): Promise<Chromium | undefined> {
  const path = env["CHROMIUM"];
  if (path === undefined || path === "") return undefined;
  if (await runs({ path, env: {} })) return { path, env: {} };
  throw new DevstackError(
    "chromium_not_found",
    `CHROMIUM names ${path}, which is no Chromium that runs here. Correct or unset it.`,
  );
}

async function fromPath(env: NodeJS.ProcessEnv): Promise<Chromium | undefined> {
  for (const name of NAMES) {
    const path = await findInPath(name, env);
    if (path !== undefined && (await runs({ path, env: {} }))) return { path, env: {} };
  }
  return undefined;
}

async function fromCache(directory: string): Promise<Chromium | undefined> {
  const found = await chromiumIn(join(directory, "debian"));
  return found !== undefined && (await runs(found)) ? found : undefined;
}

async function fetchIntoCache(
  directory: string,
  env: NodeJS.ProcessEnv,
  onProgress: (message: string) => void,
): Promise<Chromium> {
  await mkdir(directory, { recursive: true });
  const waiting = () => onProgress("Waiting for another process that is fetching Chromium");
  return await withLock(join(directory, "lock"), waiting, async () => {
    const cached = await fromCache(directory);
    if (cached !== undefined) return cached;
    const fresh = await mkdtemp(join(directory, "new-"));
    try {
      await fetchFromApt(fresh, env, onProgress);
      const home = join(directory, "debian");
      await rm(home, { recursive: true, force: true });
      await rename(fresh, home);
      const found = await chromiumIn(home);
      if (found === undefined || !(await runs(found)))
        throw new Error("what came does not run on this machine");
      onProgress(`Chromium is ready in ${home}`);
      return found;
    } catch (error) {
      throw new DevstackError(
        "chromium_not_found",
        `No Chromium found or fetched (${messageOf(error).trim()}). Install it into PATH, or name it in CHROMIUM.`,
      );
    } finally {
      await rm(fresh, { recursive: true, force: true });
    }
  });
}

async function runs({ path, env }: Chromium): Promise<boolean> {
  try {
    await run(path, ["--version", "--no-sandbox"], { env: { ...process.env, ...env }, timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}
