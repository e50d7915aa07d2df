import { execFile } from "node:child_process";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { messageOf } from "../errors.js";
import { findInPath } from "../find-in-path.js";
import { unpackDeb } from "../debian/unpack-deb.js";
import { privateLists } from "../debian/private-lists.js";
import type { Chromium } from "./find-chromium.js";

const run = promisify(execFile);

const BINARY = join("usr", "lib", "chromium", "chromium-headless-shell");
const WANTED = ["chromium-headless-shell", "fonts-dejavu-core"];
const TIMEOUT_MS = 5 * 60_000;

/** Debian's package and those it depends on that are not installed here, unpacked below `directory`. Nothing is installed. */
export async function fetchFromApt(
  directory: string,
  env: NodeJS.ProcessEnv,
  onProgress: (message: string) => void,
): Promise<void> {
  const apt = await findInPath("apt-get", env);
  if (apt === undefined) throw new Error("no apt-get in PATH");
  const archives = join(directory, "archives");
  const settings = { cwd: archives, env, timeout: TIMEOUT_MS, maxBuffer: 1 << 26 };
  await mkdir(archives);
  const fetch = async (options: readonly string[]): Promise<void> => {
    const packages = await missing(apt, options, settings);
    onProgress(
      `Downloading Chromium from this machine's Debian mirrors (${packages.length} packages, about 100 MB)`,
    );
    await run(apt, ["-q", ...options, "download", ...packages], settings);
  };
  try {
    await fetch([]);
  } catch (error) {
    onProgress(`Reading the package lists anew (a private copy): ${messageOf(error).split("\n")[0]}`);
    const options = await privateLists(join(directory, "apt"));
    await run(apt, ["-q", ...options, "update"], settings);
    await fetch(options);
  }
  for (const name of await readdir(archives)) await unpackDeb(join(archives, name), directory, env);
  await rm(archives, { recursive: true });
  await rm(join(directory, "apt"), { recursive: true, force: true });
}

type Settings = {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly timeout: number;
  readonly maxBuffer: number;
};

/** What an installation would unpack: asked of apt, which changes nothing. */
async function missing(apt: string, options: readonly string[], settings: Settings): Promise<string[]> {
  const args = ["-q", ...options, "--simulate", "--no-install-recommends", "install", ...WANTED];
  const { stdout } = await run(apt, args, { ...settings, env: { ...settings.env, LC_ALL: "C" } });
  return [...stdout.matchAll(/^Inst (\S+)/gm)].map(([, name = ""]) => name);
}

/** The browser that was unpacked there, with its libraries and fonts; undefined when there is none. */
export async function chromiumIn(directory: string): Promise<Chromium | undefined> {
  const files = await readdir(directory, { recursive: true }).catch((): string[] => []);
  if (!files.includes(BINARY)) return undefined;
  const libraries = new Set(
    files.filter((file) => /\.so(\.|$)/.test(file)).map((file) => join(directory, dirname(file))),
  );
  libraries.delete(join(directory, dirname(BINARY)));
  const fonts = join(directory, "fonts.conf");
  await writeFile(fonts, fontConfiguration(directory));
  return {
    path: join(directory, BINARY),
    env: { LD_LIBRARY_PATH: [...libraries].join(":"), FONTCONFIG_FILE: fonts },
  };
}

/** This machine's fonts and those that were unpacked. */
function fontConfiguration(directory: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>${join(directory, "usr", "share", "fonts")}</dir>
  <alias><family>sans-serif</family><prefer><family>DejaVu Sans</family></prefer></alias>
  <alias><family>system-ui</family><prefer><family>DejaVu Sans</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
  <cachedir>${join(directory, "fonts-cache")}</cachedir>
</fontconfig>
`;
}
