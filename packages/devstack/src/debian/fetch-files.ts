import { execFile } from "node:child_process";
import { readdir, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { download } from "../download.js";
import { messageOf } from "../errors.js";
import type { FetchContext } from "../fetch-context.js";
import { findInPath } from "../find-in-path.js";
import { privateLists } from "./private-lists.js";
import { unpackDeb } from "./unpack-deb.js";

const run = promisify(execFile);

const MIRROR = "https://deb.debian.org/debian";
const TIMEOUT_MS = 5_000;
const APT_TIMEOUT_MS = 2 * 60_000;

/** A package under whatever names and versions Debian's releases have it, the one that is tried first in front. */
export interface DebianPackage {
  /** Checksums by Debian's name of the architecture. */
  readonly pinned: readonly {
    /** In the pool's main area, up to the architecture. */
    readonly file: string;
    readonly sha256: Readonly<Record<string, string>>;
  }[];
  /** As apt calls it. */
  readonly names: readonly string[];
}

/**
 * Fetches a package and puts the files named by their path in it directly into the directory. Nothing is installed, so no
 * administrator is needed; what the package depends on is not looked at.
 */
export async function fetchDebianFiles(
  { pinned, names }: DebianPackage,
  paths: readonly string[],
  context: FetchContext,
): Promise<void> {
  if (context.platform !== "linux") {
    throw new Error("its packages are for Linux");
  }
  const file = join(context.directory, "package.deb");
  const ways = [
    ...pinned.map((release) => () => fromPool(context, release, file)),
    ...names.map((name) => () => fromApt(context, name, [], file)),
    ...names.map(
      (name) => async () => fromApt(context, name, await privateLists(join(context.directory, "apt")), file),
    ),
  ];
  await fromFirst(
    ways.map((fetchPackage) => async () => {
      await fetchPackage();
      await takeFiles(file, paths, context);
    }),
  );
  await rm(join(context.directory, "apt"), { recursive: true, force: true });
}

async function takeFiles(
  file: string,
  paths: readonly string[],
  { directory, env }: FetchContext,
): Promise<void> {
  const unpacked = join(directory, "unpacked");
  try {
    await unpackDeb(file, unpacked, env);
    for (const path of paths) {
      await rename(join(unpacked, path), join(directory, basename(path)));
    }
  } finally {
    await rm(unpacked, { recursive: true, force: true });
    await rm(file, { force: true });
  }
}

async function fromFirst(ways: readonly (() => Promise<void>)[]): Promise<void> {
  const reasons = new Set<string>();
  for (const way of ways) {
    try {
      await way();
      return;
    } catch (error) {
      reasons.add(messageOf(error));
    }
  }
  throw new Error([...reasons].join("; "));
}

/** CC_INGEST_DEBIAN_MIRROR names another mirror. */
async function fromPool(
  { env, arch, onProgress }: FetchContext,
  { file: poolFile, sha256 }: DebianPackage["pinned"][number],
  file: string,
): Promise<void> {
  const debianArch = arch === "x64" ? "amd64" : arch;
  const checksum = sha256[debianArch];
  if (checksum === undefined) {
    throw new Error(`no package for ${arch} is pinned`);
  }
  const mirror = env["CC_INGEST_DEBIAN_MIRROR"] ?? MIRROR;
  const url = `${mirror}/pool/main/${poolFile.replaceAll("+", "%2B")}_${debianArch}.deb`;
  await download({ url, sha256: checksum, file, timeoutMs: TIMEOUT_MS, onProgress });
}

/** Debian's or Ubuntu's own package, from where this machine gets its packages; apt checks the signature. */
async function fromApt(
  context: FetchContext,
  packageName: string,
  options: readonly string[],
  file: string,
): Promise<void> {
  const { env, directory, onProgress } = context;
  const apt = await findInPath("apt-get", env);
  if (apt === undefined) {
    throw new Error("no apt-get in PATH");
  }
  const settings = { cwd: directory, env, timeout: APT_TIMEOUT_MS };
  if (options.length > 0) {
    onProgress("Reading the package lists of this machine's mirrors (a private copy)");
    await run(apt, ["-q", ...options, "update"], settings);
  }
  await run(apt, ["-q", ...options, "download", packageName], settings);
  const name = (await readdir(directory)).find(
    (each) => each.startsWith(`${packageName}_`) && each.endsWith(".deb"),
  );
  if (name === undefined) {
    throw new Error("apt-get downloaded nothing");
  }
  await rename(join(directory, name), file);
}
