import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A shell script as program `name` in `directory`. */
export async function writeProgram(directory: string, name: string, script: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}
