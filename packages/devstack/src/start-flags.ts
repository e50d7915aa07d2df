import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What a service's package starts it with, between `node` and the file: as it runs elsewhere, so it is run here. */
export function startFlags(directory: string): string[] {
  const { scripts } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) as {
    scripts: { start: string };
  };
  return scripts.start.split(" ").slice(1, -1);
}
