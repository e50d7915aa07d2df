import { access, constants, stat } from "node:fs/promises";
import { delimiter, join } from "node:path";

export async function findInPath(command: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const directory of (env["PATH"] ?? "").split(delimiter)) {
    const path = join(directory, command);
    if (directory !== "" && (await isExecutableFile(path))) {
      return path;
    }
  }
  return undefined;
}

async function isExecutableFile(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
