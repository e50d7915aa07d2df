import { homedir } from "node:os";
import { join } from "node:path";

export function cacheDirectory(env: NodeJS.ProcessEnv): string {
  const base = env["XDG_CACHE_HOME"];
  return join(
    base === undefined || base === "" ? join(env["HOME"] ?? homedir(), ".cache") : base,
    "cc-ingest",
  );
}
