import { execFile } from "node:child_process";
import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { download } from "../download.js";
import { messageOf } from "../errors.js";
import { findInPath } from "../find-in-path.js";
import { privateLists } from "../private-lists.js";
import type { Source, SourceContext } from "./source.js";
import { unpackDeb } from "./unpack-deb.js";

const run = promisify(execFile);

const MIRROR = "https://deb.debian.org/debian";
const TIMEOUT_MS = 5_000;
const APT_TIMEOUT_MS = 2 * 60_000;

/** Debian 13's and 12's; they run wherever glibc is 2.34 or newer. */
const PACKAGES: readonly { readonly version: string; readonly sha256: Readonly<Record<string, string>> }[] = [
  {
    version: "2.10.27-1+b2",
    sha256: {
      amd64: "6d913ac987b78734c08537c2adeb1526cf735f216173a9170d94b185fcfe6f8a",
      arm64: "0c9a617510b28c1b4fb4a38aabea6ab8cd7f026247f2abdff8b955b2278ce049",
    },
  },
  {
    version: "2.9.10-1+b3",
    sha256: {
      amd64: "9f69ebb6f612e652382fde175622160dcd81fd97f2356f5da80bb5c3f48513dd",
      arm64: "7748c8906ffbaf4f08018c61eeeb5f5e57b4f7bd5307415a802450141b0ee8cd",
    },
  },
];

export const debian: Source = {
  name: "debian",
  label: "Debian",
  cacheName: "debian",
  fetch: fetchFromDebian,
};

/** Nothing is installed: the package is unpacked, so no administrator is needed. */
async function fetchFromDebian(context: SourceContext): Promise<void> {
  if (context.platform !== "linux") {
    throw new Error("its packages are for Linux");
  }
  const file = join(context.directory, "nats-server.deb");
  await fromFirst([
    ...PACKAGES.map(
      ({ version, sha256 }) =>
        () =>
          fromPool(context, version, sha256, file),
    ),
    () => fromApt(context, [], file),
    async () => fromApt(context, await privateLists(join(context.directory, "apt")), file),
  ]);
  const unpacked = join(context.directory, "unpacked");
  await unpackDeb(file, unpacked, context.env);
  await rename(join(unpacked, "usr", "sbin", "nats-server"), join(context.directory, "nats-server"));
  await rm(unpacked, { recursive: true });
  await rm(join(context.directory, "apt"), { recursive: true, force: true });
  await rm(file);
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
  { env, arch, onProgress }: SourceContext,
  version: string,
  sha256: Readonly<Record<string, string>>,
  file: string,
): Promise<void> {
  const debianArch = arch === "x64" ? "amd64" : arch;
  const checksum = sha256[debianArch];
  if (checksum === undefined) {
    throw new Error(`no package for ${arch} is pinned`);
  }
  const mirror = env["CC_INGEST_DEBIAN_MIRROR"] ?? MIRROR;
  const url = `${mirror}/pool/main/n/nats-server/nats-server_${version}_${debianArch}.deb`;
  await download({ url, sha256: checksum, file, timeoutMs: TIMEOUT_MS, onProgress });
}

/** Debian's or Ubuntu's own package, from where this machine gets its packages; apt checks the signature. */
async function fromApt(context: SourceContext, options: readonly string[], file: string): Promise<void> {
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
  await run(apt, ["-q", ...options, "download", "nats-server"], settings);
  const name = (await readdir(directory)).find((each) => /^nats-server_.*\.deb$/.test(each));
  if (name === undefined) {
    throw new Error("apt-get downloaded nothing");
  }
  await rename(join(directory, name), file);
}
