import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { promisify } from "node:util";
import { DevstackError } from "./errors.js";

const run = promisify(execFile);

export interface OrdinaryUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Whom Postgres runs as when the caller is root, which it refuses: the owner of the data directory, or `nobody`.
 * undefined: the caller, who is an ordinary user. No user is ever made or changed.
 */
export async function ordinaryUser(dataDir: string): Promise<OrdinaryUser | undefined> {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  const owner = await stat(dataDir).catch(() => undefined);
  if (owner !== undefined && owner.uid !== 0) {
    return { uid: owner.uid, gid: owner.gid };
  }
  try {
    const [uid, gid] = await Promise.all([run("id", ["-u", "nobody"]), run("id", ["-g", "nobody"])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch (cause) {
    throw new DevstackError(
      "start_failed",
      "Postgres refuses to run as root, and this system has no user `nobody`. Run as an ordinary user.",
      { cause },
    );
  }
}
