import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "./tools.mjs";

/** The workspace's packages that have tests: their name and folder. */
export async function testPackages() {
  const found = [];
  for (const group of ["apps", "packages", "tests"]) {
    for (const entry of await readdir(join(ROOT, group))) {
      const directory = join(ROOT, group, entry);
      const text = await readFile(join(directory, "package.json"), "utf8").catch(() => undefined);
      const manifest = text === undefined ? {} : JSON.parse(text);
      if (manifest.scripts?.test !== undefined) {
        found.push({ name: manifest.name, directory });
      }
    }
  }
  return found;
}
